// npm run e2e:nginx: builds the library and the module and tries them in a real nginx. Installs what is missing.
//   --json FILE          write cases, CRS result, throughput and figures
//   --cases NAME,NAME    only these cases
//   --skip-crs, --skip-throughput, --skip-abi
//   --seconds N          length of each throughput run (default 20)
//   --transactions N     length of the leak test (default 100000)
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runAbiTests } from "./e2e-nginx/abi.mjs";
import { runCases } from "./e2e-nginx/cases.mjs";
import { startApplication } from "./e2e-nginx/nginx.mjs";
import { runFigures, runThroughput } from "./e2e-nginx/throughput.mjs";

const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    cases: { type: "string" },
    "skip-crs": { type: "boolean", default: false },
    "skip-throughput": { type: "boolean", default: false },
    "skip-abi": { type: "boolean", default: false },
    seconds: { type: "string", default: "20" },
    transactions: { type: "string", default: "100000" },
  },
});

const root = fileURLToPath(new URL("..", import.meta.url));
const shared = resolve(process.env.CUIRASS_SHARED ?? join(root, "../shared"));
const build = join(root, "packages/nginx/build");
const step = (command, args) => spawnSync(command, args, { cwd: root, stdio: "inherit" }).status === 0;

if (!existsSync(join(root, "node_modules/rolldown")) && !step("npm", ["ci", "--no-fund", "--no-audit"]))
  process.exit(1);
if (!step(process.execPath, ["packages/nginx/scripts/build.mjs"])) process.exit(1);
if (!step(process.execPath, ["packages/nginx/scripts/build-tests.mjs"])) process.exit(1);

const directory = mkdtempSync(join(tmpdir(), "cuirass-e2e-nginx-"));
const result = { cases: [], crs: undefined, throughput: [], figures: {} };
const version = spawnSync("nginx", ["-v"], { encoding: "utf8" }).stderr.trim().split("/").at(-1);
console.log(`nginx ${version}`);
result.figures["nginx version"] = version;

let crs;
if (existsSync(join(shared, "crs/4.28.0"))) {
  crs = join(directory, "crs.conf");
  writeFileSync(
    crs,
    `Include ${root}packages/bench/conf/preamble.conf\nInclude ${shared}/crs/4.28.0/crs-setup.conf.example\nInclude ${shared}/crs/4.28.0/rules/*.conf\n`,
  );
} else console.log(`not run: everything with the CRS; no data at ${shared}`);

const report = (name, ok, detail) => {
  result.cases.push({ name, ok, detail });
  console.log(`${ok ? "ok  " : "FAIL"} ${name}${detail === "" ? "" : ` (${detail})`}`);
};
const application = await startApplication();
await runCases({ directory, build, application: application.port, crs, only: options.cases?.split(","), report });
application.stop();
if (!options["skip-abi"]) runAbiTests({ build, root, transactions: Number(options.transactions), report });

if (!options["skip-crs"] && crs !== undefined) {
  const file = join(directory, "crs.json");
  step("npx", ["tsc", "-b", "packages/conformance"]);
  step(process.execPath, [
    "packages/conformance/dist/main.js",
    "--suite",
    "crs-nginx",
    "--shared",
    shared,
    "--json",
    file,
  ]);
  if (existsSync(file)) result.crs = JSON.parse(readFileSync(file, "utf8"));
}
if (!options["skip-throughput"] && crs !== undefined) {
  runFigures({ build, root, crs, figures: result.figures });
  await runThroughput({
    directory: join(directory, "throughput"),
    build,
    shared,
    crs,
    seconds: Number(options.seconds),
    figures: result.figures,
    report: (row) => {
      result.throughput.push(row);
      console.log(
        `${row.setup}: ${row.rps} requests/s, p50 ${row.p50Ms.toFixed(2)} ms, p99 ${row.p99Ms.toFixed(2)} ms, ${row.cpuMicros.toFixed(0)} us of worker CPU each`,
      );
    },
  });
}

for (const [name, value] of Object.entries(result.figures)) console.log(`${name}: ${value}`);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
rmSync(directory, { recursive: true, force: true });
const failedCases = result.cases.filter(({ ok }) => !ok).length;
const failed = failedCases + (result.crs?.failures.length ?? 0);
console.log(`${result.cases.length - failedCases + (result.crs?.passed ?? 0)} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
