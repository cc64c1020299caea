import { existsSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import type { SuiteResult } from "./suite-result.ts";
import { suites } from "./suites/index.ts";

const program = new Command("conformance")
  .description("Runs conformance suites against the shared development data.")
  .option("--suite <name>", `one of ${Object.keys(suites).join(", ")}; all but crs-proxy by default`)
  .option("--shared <dir>", "development data", process.env["CUIRASS_SHARED"] ?? "../shared")
  .option("--json <file>", "write the result of the suite as JSON")
  .parse();

const options = program.opts<{ suite?: string; shared: string; json?: string }>();
if (!existsSync(options.shared)) {
  process.stdout.write(`not run: no development data at ${options.shared}\n0 passed, 0 failed\n`);
} else {
  process.exitCode = await runSuites(options.suite === undefined ? Object.keys(suites) : [options.suite]);
}

async function runSuites(names: readonly string[]): Promise<number> {
  const results: SuiteResult[] = [];
  for (const name of names) {
    const suite = suites[name];
    if (suite === undefined) {
      process.stderr.write(`there is no suite ${name}; known are ${Object.keys(suites).join(", ")}\n`);
      return 1;
    }
    const result = await suite(options.shared, showProgress(name));
    results.push(result);
    report(result);
  }
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(results.length === 1 ? results[0] : results, undefined, 2)}\n`);
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failures.length, 0);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

function showProgress(name: string): (done: number, total: number) => void {
  return (done, total) => {
    if (process.stderr.isTTY === true && (done % 50 === 0 || done === total))
      process.stderr.write(`\r${name} ${done}/${total} `);
  };
}

function report(result: SuiteResult): void {
  for (const { id, expected, got } of result.failures)
    process.stdout.write(`FAIL ${id}\n     expected ${expected}\n     got      ${got}\n`);
  for (const { id, reason } of result.expectedFailures) process.stdout.write(`expected failure ${id}: ${reason}\n`);
  process.stdout.write(
    `== ${result.suite}: ${result.files} files, ${result.total} cases, ${result.passed} passed ` +
      `(${result.overridden.length} by override), ${result.expectedFailures.length} expected failures, ` +
      `${result.failures.length} failures, ${result.seconds.toFixed(1)} s\n`,
  );
}
