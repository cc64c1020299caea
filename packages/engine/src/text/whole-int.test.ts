import { expect, test } from "vitest";
import { parseWholeInt } from "./whole-int.ts";

test.each<[string, bigint | undefined]>([
  ["0", 0n],
  ["-0", 0n],
  ["+7", 7n],
  ["-7", -7n],
  ["007", 7n],
  ["000", 0n],
  [`${"0".repeat(1000)}5`, 5n],
  ["9223372036854775807", 9_223_372_036_854_775_807n],
  ["9223372036854775808", undefined],
  ["-9223372036854775808", -9_223_372_036_854_775_808n],
  ["-9223372036854775809", undefined],
  ["9".repeat(1_000_000), undefined],
  ["", undefined],
  ["+", undefined],
  ["+-5", undefined],
  [" 5", undefined],
  ["5 ", undefined],
  ["1.5", undefined],
  ["5x", undefined],
])("%j", (text, value) => {
  expect(parseWholeInt(text)).toBe(value);
});
