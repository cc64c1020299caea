// npm test: installs what is missing, builds, runs the unit tests and every conformance suite there is data for.
// The last line gives the true totals. Without the shared development data it says what was not run.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const shared = process.env.CUIRASS_SHARED ?? "../shared";
const results = mkdtempSync(join(tmpdir(), "cuirass-test-"));
const totals = { passed: 0, failed: 0 };

const run = (command) => spawnSync(command, { shell: true, stdio: "inherit" }).status === 0;
const step = (name, passed, failed, expected = 0) => {
  totals.passed += passed;
  totals.failed += failed;
  const note = expected === 0 ? "" : `, ${expected} expected failures (counted as neither)`;
  console.log(`== ${name}: ${passed} passed, ${failed} failed${note}`);
};

if (!existsSync("node_modules/typescript") && !run("npm ci --no-fund --no-audit")) step("install", 0, 1);
step("build", ...(run("npx tsc -b") ? [1, 0] : [0, 1]));

const vitest = (name, options) => {
  const file = join(results, `${name.replaceAll(" ", "-")}.json`);
  run(`npx vitest run --reporter=dot --reporter=json --outputFile=${file} ${options}`);
  if (!existsSync(file)) return step(name, 0, 1);
  const report = JSON.parse(readFileSync(file, "utf8"));
  const broken = report.testResults.filter(
    (each) => each.status === "failed" && each.assertionResults.length === 0,
  ).length;
  const ranNothing = report.numPassedTests === 0 ? 1 : 0;
  step(name, report.numPassedTests, report.numFailedTests + broken + ranNothing);
};
vitest("unit tests", "");

const contract = join(results, "e2e-http.json");
run(`node scripts/e2e-http.mjs --groups adapters,faults --json ${contract}`);
if (existsSync(contract)) {
  const { cases } = JSON.parse(readFileSync(contract, "utf8"));
  const passed = cases.filter(({ ok }) => ok).length;
  step("HTTP adapters on real sockets", passed, cases.length - passed);
} else {
  step("HTTP adapters on real sockets", 0, 1);
}

const suites = [
  "vectors",
  "libinjection",
  "profiles",
  "oracle",
  "built-in",
  "crs",
  "crs-proxy",
  "crs-express",
  "crs-fastify",
];
if (existsSync(join(shared, "crs"))) {
  vitest(
    "requests of the CRS tests against a plain evaluation",
    `--config vitest.slow.config.ts packages/conformance/src/differential -t "every request of the CRS tests"`,
  );
  for (const suite of suites) {
    const file = join(results, `${suite}.json`);
    run(`node packages/conformance/dist/main.js --suite ${suite} --json ${file}`);
    const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
    if (report === undefined) step(suite, 0, 1);
    else step(suite, report.passed, report.failures.length, report.expectedFailures.length);
  }
} else {
  console.log(
    `not run: comparison with a plain evaluation, conformance suites (${suites.join(", ")}); no data at ${shared}`,
  );
}

rmSync(results, { recursive: true, force: true });
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
