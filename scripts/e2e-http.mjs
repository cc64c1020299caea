// npm run e2e:http: every connector for HTTP applications on real sockets: contract, faults, CRS, load.
// Each file of e2e-http/groups/ is one group of cases (see e2e-http/group.mjs for what it is given).
//   --json FILE          write cases, CRS results, throughput and figures
//   --groups NAME,NAME   only these groups; "next" runs only when it is named
//   --skip-crs, --skip-load
//   --seconds N          length of each load run (default 10)
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { GroupRun } from "./e2e-http/group.mjs";

const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    groups: { type: "string" },
    "skip-crs": { type: "boolean", default: false },
    "skip-load": { type: "boolean", default: false },
    seconds: { type: "string", default: "10" },
  },
});

const root = resolve(import.meta.dirname, "..");
process.chdir(root);
if (!existsSync("node_modules/typescript")) {
  console.log("installing packages");
  spawnSync("npm", ["ci", "--no-fund", "--no-audit"], { stdio: ["ignore", "ignore", "inherit"] });
}
if (spawnSync("npx", ["tsc", "-b"], { stdio: "inherit" }).status !== 0) {
  console.error("the build has errors; running what was built");
}

const shared = resolve(process.env.CUIRASS_SHARED ?? "../shared");
const crs = join(shared, "crs/4.28.0");
const folder = join(root, "scripts/e2e-http/groups");
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".mjs"))
  .map((name) => name.slice(0, -4))
  .sort();
/** Too heavy for every run. */
const onlyNamed = new Map([["next", "installs and builds Next.js, 300 MB: --groups next"]]);
const wanted = options.groups?.split(",") ?? names.filter((name) => !onlyNamed.has(name));
for (const name of wanted) {
  if (names.includes(name)) continue;
  console.error(`there is no group ${name}; known are ${names.join(", ")}`);
  process.exit(1);
}

const result = { cases: [], crs: [], throughput: [], figures: { "Node.js version": process.version }, notRun: [] };
const directory = mkdtempSync(join(tmpdir(), "cuirass-e2e-http-"));
for (const [what, why] of onlyNamed) {
  if (wanted.includes(what) || options.groups !== undefined) continue;
  result.notRun.push({ what, why });
  console.log(`not run: ${what}: ${why}`);
}
for (const name of wanted) {
  console.log(`== ${name}`);
  const group = new GroupRun(result, {
    directory: mkdtempSync(join(directory, `${name}-`)),
    shared: existsSync(shared) ? shared : undefined,
    crs: existsSync(crs) ? crs : undefined,
    seconds: Number(options.seconds),
    skipCrs: options["skip-crs"],
    skipLoad: options["skip-load"],
  });
  try {
    const { run } = await import(`./e2e-http/groups/${name}.mjs`);
    await run(group);
  } catch (error) {
    group.report(name, "the group runs to its end", false, error.stack);
  }
}
rmSync(directory, { recursive: true, force: true });

for (const [name, value] of Object.entries(result.figures)) console.log(`${name}: ${value}`);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
const inCrs = (count) => result.crs.reduce((sum, suite) => sum + count(suite), 0);
const passed = result.cases.filter(({ ok }) => ok).length + inCrs((suite) => suite.passed);
const failed = result.cases.filter(({ ok }) => !ok).length + inCrs((suite) => suite.failures.length);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
