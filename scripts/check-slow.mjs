// npm run check:slow: growth tests (time exponent over input size), a million fuzz cases and 100,000 requests
// against a plain evaluator, with fixed seeds.
// --json FILE writes the totals.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "cuirass-slow-"));
const output = join(folder, "slow.json");
const { status } = spawnSync(
  `npx vitest run --config vitest.slow.config.ts --reporter=default --reporter=json --outputFile=${output}`,
  { shell: true, stdio: "inherit" },
);
const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(output, "utf8"));
rmSync(folder, { recursive: true });
const json = process.argv.indexOf("--json");
if (json > 0) writeFileSync(process.argv[json + 1], `${JSON.stringify({ passed, failed })}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(status ?? 1);
