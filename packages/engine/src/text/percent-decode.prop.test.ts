import fc from "fast-check";
import { expect, test } from "vitest";
import { percentDecode } from "./percent-decode.ts";

const text = fc.string({ unit: fc.constantFrom("%", "+", "4", "1", "a", "F", "g", " ", "\xff", "\0"), maxLength: 20 });

/** Decoded by a pattern, escape after escape. */
function expected(value: string, plusIsBlank: boolean): string {
  const blanked = plusIsBlank ? value.replaceAll("+", " ") : value;
  return blanked.replace(/%([0-9a-fA-F]{2})/g, (_escape, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

test("short and long texts are decoded alike, each escape once", () => {
  fc.assert(
    fc.property(text, fc.boolean(), (value, plusIsBlank) => {
      expect(percentDecode(value, plusIsBlank)).toBe(expected(value, plusIsBlank));
      const long = `${value}${"x".repeat(300)}${value}`;
      expect(percentDecode(long, plusIsBlank)).toBe(expected(long, plusIsBlank));
    }),
    { seed: 3, numRuns: 5000 },
  );
});
