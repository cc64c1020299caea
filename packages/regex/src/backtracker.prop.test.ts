import fc from "fast-check";
import { expect, test } from "vitest";
import { Backtracker } from "./backtracker.ts";
import { compileNfa } from "./nfa.ts";
import { parsePattern } from "./parse.ts";
import { PikeMatcher } from "./pike.ts";

const flags = { dotAll: true, multiline: true, ignoreCase: false, ungreedy: false, extended: false };
const piece = fc.constantFrom(
  "a",
  "b",
  "c",
  "(a)",
  "(b|c)",
  "(a*)",
  "(?:b*?)",
  "(a|ab)",
  "[ab]+?",
  ".",
  "^",
  "$",
  "\\b",
  "(x?)",
  "x",
);
const source = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    piece,
    fc.tuple(tie("node"), tie("node")).map(([left, right]) => left + right),
    fc.tuple(tie("node"), tie("node")).map(([left, right]) => `(${left}|${right})`),
    fc
      .tuple(tie("node"), fc.constantFrom("*", "+", "?", "*?", "+?", "??", "{0,2}", "{2}"))
      .map(([node, times]) => `(?:${node})${times}`),
  ),
})).node;
const haystack = fc.string({ unit: fc.constantFrom("a", "b", "c", "x", " ", "\n"), maxLength: 16 });

test("finds the match and the submatches that following all ways at once finds", () => {
  fc.assert(
    fc.property(source, haystack, fc.nat(3), (pattern, text, from) => {
      const { root, groupCount } = parsePattern(pattern, flags);
      const nfa = compileNfa(root, true);
      if (from > text.length) return;
      const expected = new PikeMatcher(nfa, groupCount).exec(text, from);
      const backtracker = new Backtracker(nfa, groupCount);
      expect(backtracker.exec(text, from), `/${pattern}/ on ${JSON.stringify(text)}`).toEqual(expected);
      expect(backtracker.exec(text, from)).toEqual(expected);
    }),
    { seed: 11, numRuns: 30_000 },
  );
});

test("long haystacks are left to the matcher that needs no memory for them", () => {
  const { root, groupCount } = parsePattern("(a)b", flags);
  const backtracker = new Backtracker(compileNfa(root, true), groupCount);
  expect([backtracker.fits("x".repeat(400_000)), backtracker.fits("x".repeat(2_000_000))]).toEqual([true, false]);
});
