// npm run e2e:operations: what keeps a running WAF observable, changeable and up, with real programs on 127.0.0.1.
//   --json FILE          write {"cases": [{"name", "ok", "detail"}]}
//   --groups NAME,NAME   only these files of scripts/e2e-operations/
//   --cases TEXT         only cases whose name contains the text
// Every file of the folder that does not begin with _ is a group: it exports `async function run(context)`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: { json: { type: "string" }, groups: { type: "string" }, cases: { type: "string" } },
});
const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const shared = resolve(process.env.CUIRASS_SHARED ?? "../shared");
if (process.env.CUIRASS_CRS === undefined && existsSync(join(shared, "crs/4.28.0"))) {
  process.env.CUIRASS_CRS = join(shared, "crs/4.28.0");
}

const run = (command) => spawnSync(command, { shell: true, stdio: "inherit" }).status === 0;
if (!existsSync("node_modules/typescript")) run("npm ci --no-fund --no-audit");
if (!run("npx tsc -b")) console.error("the build has errors; running what was built");

const cases = [];
const directory = mkdtempSync(join(tmpdir(), "cuirass-operations-"));
const groups = readdirSync(join(root, "scripts/e2e-operations"))
  .filter((file) => file.endsWith(".mjs") && !file.startsWith("_"))
  .map((file) => file.slice(0, -4))
  .filter((name) => options.groups === undefined || options.groups.split(",").includes(name))
  .sort();

/** What a group works with. */
const contextOf = (group) => ({
  root,
  /** Development data (CRS, benchmark traffic); may be missing: then say what was not run. */
  shared,
  hasShared: existsSync(join(shared, "crs/4.28.0")),
  /** A folder of the group's own; removed at the end. */
  directory: mkdtempSync(join(directory, `${group}-`)),
  /** Runs a case: it passes unless it throws; what it returns is the detail. */
  test: async (name, work) => {
    const full = `${group}: ${name}`;
    if (options.cases !== undefined && !full.includes(options.cases)) return;
    const started = performance.now();
    let ok = true;
    let detail;
    try {
      detail = String((await work()) ?? "");
    } catch (error) {
      ok = false;
      detail = error?.message ?? String(error);
    }
    cases.push({ name: full, ok, detail });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${ok ? "ok  " : "FAIL"} ${full} (${seconds} s)${detail === "" ? "" : `: ${detail}`}`);
  },
  /** Says what cannot be run here, and why. */
  skip: (name, reason) => console.log(`not run: ${group}: ${name}: ${reason}`),
});

for (const group of groups) {
  const context = contextOf(group);
  try {
    const { run: runGroup } = await import(`./e2e-operations/${group}.mjs`);
    await runGroup(context);
  } catch (error) {
    cases.push({ name: `${group}: runs to its end`, ok: false, detail: String(error?.stack ?? error) });
    console.log(`FAIL ${group}: runs to its end: ${error?.stack ?? error}`);
  }
}

if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ cases }, undefined, 2)}\n`);
rmSync(directory, { recursive: true, force: true });
const failed = cases.filter(({ ok }) => !ok).length;
console.log(`${cases.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 && cases.length > 0 ? 0 : 1);
