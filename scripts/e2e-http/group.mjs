import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What a group of cases is given: `export async function run(group)` in a file of groups/. Facts: `directory` (of its own,
 * removed afterwards), `shared` and `crs` (development data; undefined when missing), `seconds` (of a load run), `skipCrs`,
 * `skipLoad`. A case is named by the thing under test ("express", "proxy") and what is checked.
 */
export class GroupRun {
  #result;

  constructor(result, facts) {
    this.#result = result;
    Object.assign(this, facts);
  }

  /** Runs a case: it passes when `work` returns, its text being the detail, and fails when it throws. */
  async check(subject, check, work) {
    const started = performance.now();
    try {
      const detail = (await work()) ?? "";
      const took = `${Math.round(performance.now() - started)} ms`;
      this.report(subject, check, true, detail === "" ? took : `${detail}, ${took}`);
    } catch (error) {
      this.report(subject, check, false, error.message);
    }
  }

  report(subject, check, ok, detail = "") {
    this.#result.cases.push({ name: `${subject}: ${check}`, subject, check, ok, detail });
    console.log(`${ok ? "ok  " : "FAIL"} ${subject}: ${check}${detail === "" ? "" : ` (${detail})`}`);
  }

  /** A row of the load figures. */
  row(row) {
    this.#result.throughput.push(row);
    const { setup, rps, p50Ms, p99Ms } = row;
    console.log(`${setup}: ${rps} requests/s, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`);
  }

  figure(name, value) {
    this.#result.figures[name] = value;
  }

  /** Says plainly what this run does not show. */
  notRun(what, why) {
    this.#result.notRun.push({ what, why });
    console.log(`not run: ${what}: ${why}`);
  }

  /** Runs a conformance suite and takes over its result. */
  crsSuite(suite) {
    if (this.skipCrs) return this.notRun(suite, "--skip-crs");
    if (this.crs === undefined) return this.notRun(suite, "no development data");
    const file = join(this.directory, `${suite}.json`);
    spawnSync(
      process.execPath,
      ["packages/conformance/dist/main.js", "--suite", suite, "--shared", this.shared, "--json", file],
      { stdio: "inherit" },
    );
    if (existsSync(file)) this.#result.crs.push(JSON.parse(readFileSync(file, "utf8")));
    else this.report(suite, "the suite runs to its end", false);
  }
}
