// npm run check: everything that must hold at every commit, in less than a minute on two cores. Stops at the first step that fails.
import { spawnSync } from "node:child_process";

const steps = [
  ["types", "npx tsc -b"],
  ["types of tests", "npx tsc -p tsconfig.test.json"],
  ["lint", "npx oxlint --quiet"],
  ["format", "npx oxfmt --check ."],
  ["boundaries", "node scripts/check-boundaries.mjs"],
  ["file sizes", "node scripts/check-file-size.mjs"],
  ["generated files", "node scripts/generate-docs.mjs --check"],
  ["dead code", "npx knip --no-progress"],
  // Those that start threads, which takes longer than what they ask of them, run with npm test.
  ["unit tests", "npx vitest run --reporter=dot --exclude '**/*.threads.test.ts'"],
];

for (const [name, command] of steps) {
  const started = performance.now();
  const { status } = spawnSync(command, { shell: true, stdio: "inherit" });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (status !== 0) process.exit(1);
}
