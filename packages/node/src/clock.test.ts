import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { createClock } from "./clock.ts";

test("CPU time grows with work", () => {
  const clock = createClock();
  const before = clock.cpu();
  const until = clock.monotonic() + 300;
  const started = process.cpuUsage();
  while (clock.monotonic() < until);
  const { user, system } = process.cpuUsage(started);
  // Answers are up to 20 ms old.
  expect(clock.cpu() - before).toBeGreaterThan((user + system) / 1000 / 2);
});

test("CPU time stands still while nothing is done", () => {
  // A process of its own: here other tests' threads may be at work.
  const program = `
    import { createClock } from ${JSON.stringify(new URL("../dist/clock.js", import.meta.url).href)};
    const clock = createClock();
    const before = clock.cpu();
    await new Promise((resolve) => setTimeout(resolve, 600));
    console.log(clock.cpu() - before);`;
  const idle = Number(execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }));
  expect(idle).toBeLessThan(300);
});
