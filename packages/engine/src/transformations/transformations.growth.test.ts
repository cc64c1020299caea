import { expect, test } from "vitest";
import { growthExponent } from "../testing/growth.ts";
import { transformations } from "./index.ts";

/** User and system together: the system divides them by guess, only their sum is exact. */
const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** CPU time: what else runs on the machine does not count. */
const now = (): number => cpuMicroseconds() / 1000;
const [small, large] = [16_384, 262_144];
/** 16 times the size, exponent 1.2. */
const MOST = 16 ** 1.2;

/** Pieces that keep one transformation or another looking ahead, back, or again. */
const units = ["a", "%", "%41", "%u0041", "\\x", "\\17", "&#x41", "&lt", "/*a", "<!--", "../", "\\..", " \t", "'\"^\\", "0x4", "YW", "\xc3\xa9", "\xff"]; // prettier-ignore

test.each(transformations.map(({ name, apply }) => ({ name, apply })))("$name takes linear time", ({ apply }) => {
  for (const unit of units) {
    const [little, much] = [small, large].map((size) => unit.repeat(size / unit.length)) as [string, string];
    const time = (text: string): number => {
      const before = now();
      apply(text);
      return now() - before;
    };
    // Most are settled by a look; what is near the limit is measured with care.
    const least = Math.max(Math.min(time(little), time(little)), 0.5);
    if (Math.min(time(much), time(much)) <= MOST * least) continue;
    const run = (size: number): void => void apply(size === small ? little : much);
    expect(growthExponent(now, run, small, large), JSON.stringify(unit)).toBeLessThanOrEqual(1.2);
  }
});
