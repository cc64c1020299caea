import { expect, test } from "vitest";
import { createClock } from "./clock.ts";

test("CPU time grows with work and stands still while nothing is done", async () => {
  const clock = createClock();
  const before = clock.cpu();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const idle = clock.cpu() - before;
  const until = clock.monotonic() + 300;
  const started = process.cpuUsage();
  while (clock.monotonic() < until);
  const { user, system } = process.cpuUsage(started);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(clock.cpu() - before - idle).toBeGreaterThan((user + system) / 1000 / 2);
  expect(idle).toBeLessThan(250);
});
