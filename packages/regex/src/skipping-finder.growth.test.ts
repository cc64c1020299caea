import { expect, test } from "vitest";
import { SkippingFinder } from "./skipping-finder.ts";

const literal = "<title>punkholicshell</title>";
const skipped = new Uint8Array(256);
skipped[0x20] = 1;

/** Milliseconds of CPU time of the fastest of several runs. */
function fastest(run: () => void): number {
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const { user, system } = process.cpuUsage();
    for (let count = 0; count < 10; count++) run();
    const used = process.cpuUsage();
    best = Math.min(best, used.user + used.system - user - system);
  }
  return Math.max(best, 50);
}

test.each(["k", " k", `k${" ".repeat(1000)}`, "p u n k h o l i c s h e l", literal.slice(0, -1)])(
  "repetitions of %j are searched in linear time",
  (piece) => {
    const finder = new SkippingFinder([[literal]], [[0]], skipped);
    const [small, large] = [16_384, 262_144].map((size) => {
      const text = piece.repeat(Math.ceil(size / piece.length));
      finder.scan(text);
      return fastest(() => void finder.scan(text));
    });
    expect(Math.log(large! / small!) / Math.log(16)).toBeLessThanOrEqual(1.2);
  },
);
