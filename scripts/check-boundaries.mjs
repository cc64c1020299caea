// Arrows point downward only: every package imports nothing but what its package.json names, pure packages name only pure
// ones and the few libraries listed here, and connectors never import each other. Host APIs in pure packages are compile
// errors already (lib es2023, no types); this adds what the compiler cannot see.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const pure = new Set(["seclang", "regex", "libinjection", "rules", "engine", "lint"]);
const pureLibraries = new Set(["@noble/hashes", "saxes"]);
const connectors = new Set(["http", "haproxy", "proxy", "envoy", "nginx"]);
const problems = [];
let files = 0;

for (const name of readdirSync("packages")) {
  const manifest = JSON.parse(readFileSync(join("packages", name, "package.json"), "utf8"));
  const allowed = new Set([
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]);
  for (const dependency of allowed) {
    const local = dependency.startsWith("@cuirass/") ? dependency.slice(9) : undefined;
    if (pure.has(name) && !(local === undefined ? pureLibraries.has(dependency) : pure.has(local))) {
      problems.push(`packages/${name}: a pure package depends on ${dependency}`);
    }
    if (connectors.has(name) && local !== undefined && connectors.has(local)) {
      problems.push(`packages/${name}: a connector depends on the connector ${dependency}`);
    }
  }
  const source = join("packages", name, "src");
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    files++;
    for (const [, specifier] of readFileSync(join(source, file), "utf8").matchAll(/(?:from|import)\s+"([^"]+)"/g)) {
      if (specifier.startsWith(".")) continue;
      if (specifier.startsWith("node:")) {
        if (pure.has(name)) problems.push(`${source}/${file}: imports ${specifier}`);
        continue;
      }
      const owner = specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
      if (!allowed.has(owner)) problems.push(`${source}/${file}: imports ${owner}, which package.json does not name`);
    }
  }
}

if (files < 50) problems.push(`only ${files} files were looked at: the check is blind`);
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
