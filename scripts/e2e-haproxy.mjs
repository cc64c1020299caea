// npm run e2e:haproxy: the agent behind a real HAProxy. Installs Debian's haproxy (and wrk) when missing.
//   --json FILE          write cases, CRS result, throughput and figures
//   --cases NAME,NAME    only these cases
//   --skip-crs, --skip-throughput
//   --seconds N          length of each throughput run (default 20)
//   --soak MINUTES       load for the memory figure (default 0)
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureProgram, freePort } from "./e2e/programs.mjs";
import { runCases } from "./e2e-haproxy/cases.mjs";
import { haproxyVersion, startApplication } from "./e2e-haproxy/processes.mjs";
import { runThroughput } from "./e2e-haproxy/throughput.mjs";

const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    cases: { type: "string" },
    "skip-crs": { type: "boolean", default: false },
    "skip-throughput": { type: "boolean", default: false },
    seconds: { type: "string", default: "20" },
    soak: { type: "string", default: "0" },
  },
});

const shared = resolve(process.env.CUIRASS_SHARED ?? "../shared");
// The local CRS copy is used unless the caller names one; without any the built-in names cannot be included.
if (process.env.CUIRASS_CRS === undefined && existsSync(join(shared, "crs/4.28.0"))) {
  process.env.CUIRASS_CRS = join(shared, "crs/4.28.0");
}
if (!existsSync("node_modules/typescript")) spawnSync("npm", ["ci", "--no-fund", "--no-audit"], { stdio: "inherit" });
if (!ensureProgram("haproxy")) {
  console.error("haproxy is not installed and could not be installed");
  process.exit(1);
}
if (spawnSync("npx", ["tsc", "-b", "packages/haproxy", "packages/conformance"], { stdio: "inherit" }).status !== 0) {
  console.error("the build has errors; running what was built");
}

const directory = mkdtempSync(join(tmpdir(), "cuirass-e2e-"));
const names = ["agent", "metrics", "closed", "open", "background", "application", "load", "alone"];
const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()])));
const result = { cases: [], crs: undefined, throughput: [], figures: {} };
console.log(`HAProxy ${haproxyVersion()}`);
result.figures["HAProxy version"] = haproxyVersion();

const application = await startApplication();
await runCases({
  directory,
  ports,
  application: application.port,
  only: options.cases?.split(","),
  report: (name, ok, detail) => {
    result.cases.push({ name, ok, detail });
    console.log(`${ok ? "ok  " : "FAIL"} ${name}${detail === "" ? "" : ` (${detail})`}`);
  },
});
application.stop();

if (!options["skip-crs"]) {
  const file = join(directory, "crs.json");
  spawnSync(
    process.execPath,
    ["packages/conformance/dist/main.js", "--suite", "crs-haproxy", "--shared", shared, "--json", file],
    { stdio: "inherit" },
  );
  if (existsSync(file)) result.crs = JSON.parse(readFileSync(file, "utf8"));
}
if (!options["skip-throughput"]) {
  if (ensureProgram("wrk")) {
    await runThroughput({
      directory: join(directory, "throughput"),
      ports,
      shared,
      seconds: Number(options.seconds),
      soakMinutes: Number(options.soak),
      report: (row) => {
        result.throughput.push(row);
        console.log(
          `${row.setup}: ${row.rps} requests/s, p50 ${row.p50Ms.toFixed(2)} ms, p99 ${row.p99Ms.toFixed(2)} ms`,
        );
      },
      figures: result.figures,
    });
  } else console.log("not run: throughput, wrk is not installed and could not be installed");
}

for (const [name, value] of Object.entries(result.figures)) console.log(`${name}: ${value}`);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
rmSync(directory, { recursive: true, force: true });
const count = (ok) => result.cases.filter((each) => each.ok === ok).length;
const failed = count(false) + (result.crs?.failures.length ?? 0);
console.log(`${count(true) + (result.crs?.passed ?? 0)} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
