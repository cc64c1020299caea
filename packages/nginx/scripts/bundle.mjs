// Engine and rules as one script without imports, for V8 alone.
//   node packages/nginx/scripts/bundle.mjs OUTPUT [ENTRY]
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const [output, entry = "../src/entry.ts"] = process.argv.slice(2);
const build = await rolldown({
  input: fileURLToPath(new URL(entry, import.meta.url)),
  platform: "neutral",
  resolve: { conditionNames: ["source", "import", "default"], mainFields: ["module", "main"] },
  transform: { target: "es2022" },
  onLog(level, log, handler) {
    // An import that stays would fail in V8 only when a worker starts.
    if (level === "warn") throw new Error(`bundle: ${log.message}`);
    handler(level, log);
  },
});
const { output: chunks } = await build.write({
  file: resolve(output),
  format: "iife",
  minify: false,
  sourcemap: false,
});
await build.close();
if (chunks.length !== 1) throw new Error(`bundle: ${chunks.length} files instead of one`);

// The library hands the script to V8 byte by byte.
const script = readFileSync(output, "utf8");
const escape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
// eslint-disable-next-line no-control-regex
writeFileSync(output, script.replaceAll(/[^\u0000-\u007f]/g, escape));
