import { expect, test } from "vitest";
import fc from "fast-check";
import { indexOf } from "./search.ts";

const pad = "ab".repeat(150);

test("finds long needles where the language's own search does", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 20 });
  fc.assert(
    fc.property(text, text, fc.nat(10), (before, after, from) => {
      const haystack = before + pad + after;
      const needle = pad + after.slice(0, 3);
      expect(indexOf(haystack, needle, from)).toBe(haystack.indexOf(needle, from));
    }),
    { seed: 7, numRuns: 300 },
  );
});
