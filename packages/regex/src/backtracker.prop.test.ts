import fc from "fast-check";
import { expect, test } from "vitest";
import { Backtracker, TOO_FAR } from "./backtracker.ts";
import { compileNfa } from "./nfa.ts";
import { parsePattern } from "./parse.ts";
import { compilePattern } from "./pattern.ts";
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

test("what it remembers may be little: it finds the same, or says from which start on it does not know", () => {
  fc.assert(
    fc.property(
      source,
      haystack,
      haystack,
      fc.nat(3),
      fc.integer({ min: 1, max: 12 }),
      (pattern, one, two, from, places) => {
        const text = one + two;
        const { root, groupCount } = parsePattern(pattern, flags);
        const nfa = compileNfa(root, true);
        if (from > text.length) return;
        const pike = new PikeMatcher(nfa, groupCount);
        const backtracker = new Backtracker(nfa, groupCount, places * nfa.op.length);
        for (let times = 0; times < 2; times++) {
          const found = backtracker.exec(text, from);
          const whole = found === TOO_FAR ? pike.exec(text, backtracker.start) : found;
          expect(whole, `/${pattern}/ on ${JSON.stringify(text)}`).toEqual(pike.exec(text, from));
        }
      },
    ),
    { seed: 12, numRuns: 30_000 },
  );
});

test("a match far behind what it can remember is found, if it is not long itself", () => {
  const { root, groupCount } = parsePattern("a(b+)c", flags);
  const backtracker = new Backtracker(compileNfa(root, true), groupCount, 10_000);
  const text = `${"abbb".repeat(100_000)}c`;
  expect(backtracker.exec(text, 0)).toEqual(Int32Array.of(399_996, 400_001, 399_997, 400_000));
});

test("a search that would need too much memory is left to the matcher that needs none", () => {
  // Counted repeats make for many instructions, so that fewer places of the text can be remembered.
  const pattern = "(a)(?:x*y|$)|b{1000}";
  const { root, groupCount } = parsePattern(pattern, flags);
  const backtracker = new Backtracker(compileNfa(root, true), groupCount);
  const far = `a${"x".repeat(100_000)}`;
  expect([backtracker.exec(far, 0), backtracker.exec(`${far}y`, 0)]).toEqual([TOO_FAR, TOO_FAR]);
  expect(backtracker.exec(`ay${far}`, 0)).toEqual(Int32Array.of(0, 2, 0, 1));
  expect(backtracker.exec(far, 90_000)).toBeUndefined();
  expect(compilePattern(pattern).exec(`${far}y`)).toEqual(Int32Array.of(0, 100_002, 0, 1));
});
