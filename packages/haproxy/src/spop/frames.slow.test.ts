import { expect, test } from "vitest";
import { fuzzFrames, sampleFrames } from "../testing/fuzz-frames.ts";
import { goldenFrames } from "../testing/golden.ts";

test("a million mutated frames: nothing escapes, memory stays within its limits", () => {
  const recorded = goldenFrames().map(({ hex }) => Buffer.from(hex, "hex"));
  const before = process.memoryUsage();
  const totals = fuzzFrames([...sampleFrames(), ...recorded], 1_200_000, 20_260_801);
  expect(totals.frames).toBe(1_200_000);
  expect(totals.decoded).toBeGreaterThan(100_000);
  expect(totals.refused).toBeGreaterThan(100_000);
  expect(process.memoryUsage().rss - before.rss).toBeLessThan(256 * 1024 * 1024);
  console.log(JSON.stringify(totals));
});
