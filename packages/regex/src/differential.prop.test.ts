import fc from "fast-check";
import { expect, test } from "vitest";
import { compilePattern } from "./pattern.ts";

/**
 * Random patterns of the syntax that V8 reads the same way (bytes below 0x80, no inline flags). Only what cannot match
 * the empty string is repeated: ECMAScript has a rule of its own for empty iterations.
 */
const consuming = fc.constantFrom(
  "a",
  "b",
  "c",
  "x",
  ".",
  "[ab]",
  "[^a]",
  "\\d",
  "\\w",
  "\\n",
  "1",
  "ab",
  "(a)",
  "(b|c)",
  "ab?c",
  "ab{2}c+",
  // Optional parts that stand in a pattern several times are one node of its tree.
  "[bc]*(?:x1)?a",
  "[bc]*(?:x1)?(?:1)?b",
  "[bc]*(?:x(1))?a",
);
const nullable = fc.constantFrom("\\b", "\\B", "^", "$", "[bc]*(?:x1)?", "[bc]*(?:x(1))?");
const repeat = fc.constantFrom("*", "+", "?", "{1,2}", "{2}", "*?", "+?", "??");
const pattern = fc.letrec<{ solid: string; node: string }>((tie) => ({
  solid: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    consuming,
    fc.tuple(tie("solid"), tie("node")).map(([left, right]) => left + right),
    fc.tuple(tie("solid"), tie("solid")).map(([left, right]) => `(?:${left}|${right})`),
    tie("solid").map((node) => `(${node})`),
  ),
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    consuming,
    nullable,
    fc.tuple(tie("node"), tie("node")).map(([left, right]) => left + right),
    fc.tuple(tie("node"), tie("node")).map(([left, right]) => `(?:${left}|${right})`),
    fc.tuple(tie("solid"), repeat).map(([node, times]) => `(?:${node})${times}`),
  ),
})).node;
const haystack = fc.string({ unit: fc.constantFrom("a", "b", "c", "x", "1", "_", " ", "\n"), maxLength: 14 });

test("agrees with a backtracking engine on what matches and where", () => {
  fc.assert(
    fc.property(pattern, haystack, (source, text) => {
      const reference = new RegExp(source, "ms");
      const compiled = compilePattern(source);
      const found = reference.exec(text);
      expect(compiled.test(text), `/${source}/ on ${JSON.stringify(text)}`).toBe(found !== null);
      const offsets = compiled.exec(text);
      if (found === null) expect(offsets).toBeUndefined();
      else expect([offsets![0], text.slice(offsets![0], offsets![1])]).toEqual([found.index, found[0]]);
    }),
    { numRuns: 20_000, seed: 7 },
  );
});

test("its condition holds for every haystack that matches", () => {
  fc.assert(
    fc.property(pattern, haystack, (source, text) => {
      const compiled = compilePattern(source);
      if (!compiled.test(text)) return;
      const { minLength, groups } = compiled.condition;
      expect(text.length).toBeGreaterThanOrEqual(minLength);
      for (const group of groups) {
        expect(
          group.some((literal) => text.toLowerCase().includes(literal)),
          `/${source}/ ${JSON.stringify(groups)}`,
        ).toBe(true);
      }
    }),
    { numRuns: 10_000, seed: 7 },
  );
});
