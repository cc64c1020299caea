import { expect, test } from "vitest";
import { FakeState } from "../testing/fake-state.ts";
import { MacroError, parseMacro } from "./macro.ts";

/** User and system together: the system divides them by guess, only their sum is exact. */
const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Milliseconds of CPU time: what else runs on the machine does not count. */
const cpuMs = (): number => cpuMicroseconds() / 1000;

function milliseconds(text: string): number {
  const state = new FakeState();
  let best = Infinity;
  for (let run = 0; run < 5; run++) {
    const start = cpuMs();
    try {
      parseMacro(text).expand(state);
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
    }
    best = Math.min(best, cpuMs() - start);
  }
  return best;
}

test.each(["%{tx.a}", "%{", "%", "}", "a"])("parsing and expanding %j repeated is linear", (unit) => {
  const [small, large] = [20_000, 320_000];
  const ratio = milliseconds(unit.repeat(large)) / Math.max(milliseconds(unit.repeat(small)), 0.05);
  expect(Math.log(ratio) / Math.log(large / small)).toBeLessThanOrEqual(1.2);
});
