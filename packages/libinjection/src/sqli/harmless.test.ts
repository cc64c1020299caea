import fc from "fast-check";
import { expect, test } from "vitest";
import { detectByPasses } from "./detect-sqli.ts";
import { fingerprintTable } from "./fingerprints.table.ts";
import { harmlessTypes, isHarmless } from "./harmless.ts";
import { keywordTable } from "./keywords.table.ts";

const words = keywordTable.flatMap(([type, text]) => text.split("\n").map((word) => ({ type, word })));

test("no fingerprint of an injection is made of harmless types alone", () => {
  const upper = harmlessTypes.toUpperCase();
  const made = fingerprintTable
    .split(" ")
    .filter((fingerprint) => fingerprint.split("").every((type) => upper.includes(type)));
  expect(made).toEqual([]);
});

test("a token alone is a fingerprint only when it cannot be parsed safely", () => {
  expect(fingerprintTable.split(" ").filter((fingerprint) => fingerprint.length === 1)).toEqual(["X"]);
});

test("words of other types are not passed over", () => {
  for (const { type, word } of words) {
    if (/^\w+$/.test(word) && !"nof".includes(type)) expect(isHarmless(`1 ${word.toLowerCase()} 2`), word).toBe(false);
  }
});

test("words that begin a phrase are not passed over", () => {
  for (const { word } of words) {
    const first = /^(\w+) /.exec(word)?.[1];
    if (first !== undefined) expect(isHarmless(`1 ${first}`), first).toBe(false);
  }
});

test("IF, which can make a statement, is not passed over", () => {
  for (const word of ["if", "ifnull", "IFF"]) expect(isHarmless(`1; ${word}`)).toBe(false);
});

test.each([
  "a--b",
  "a/*b",
  "a#b",
  "1 && 2",
  "a || b",
  "f(x)",
  "@x",
  "$x",
  "`x`",
  "[x]",
  "{x",
  "\\x",
  "it's",
  'say "x"',
])("%j is not passed over", (value) => {
  expect(isHarmless(value)).toBe(false);
});

test("letters, digits and low lines alone are no injection: numbers, then at most one word", () => {
  const made = fingerprintTable.split(" ").filter((fingerprint) => /^[1N]+[^1N]?$/.test(fingerprint));
  // With two tokens read, 1U counts only when folding has removed some; comments need other bytes.
  expect(made).toEqual(["1C", "1U", "NC"]);
  const piece = fc.oneof(
    fc.constantFrom(...words.map(({ word }) => word).filter((word) => /^\w+$/.test(word))),
    fc.stringMatching(/^(?:0x|0X1f|0b|0B01|1e|2E5|1d|1f|[0-9]{1,3}|[a-zA-Z_]{1,3}|sp_password)$/),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      expect(detectByPasses(pieces.join(""))).toBeUndefined();
    }),
    { seed: 12, numRuns: 20_000 },
  );
});

test("what is passed over is no injection when it is read in full", () => {
  const piece = fc.oneof(
    fc.constantFrom(...words.map(({ word }) => word)),
    fc.constantFrom(...words.map(({ word }) => word.toLowerCase())),
    fc.constantFrom(...Array.from(" .,;:?=+-*/%&|<>!~^_'\"`()#@$[]{}\\\n\x7f\xa0\xc4\xc5\xe9\0")),
    fc.constantFrom(
      " ",
      "1",
      "0x",
      "0x1f",
      "0b1",
      "1e",
      "1e5",
      ".5",
      "5.",
      "1d",
      "x",
      "a.b",
      "sp_password",
      "-",
      " or ",
    ),
    fc.string({ unit: fc.constantFrom("a", "b", "."), minLength: 28, maxLength: 34 }),
  );
  let passed = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const value = pieces.join("");
      if (!isHarmless(value)) return;
      passed++;
      expect(detectByPasses(value)).toBeUndefined();
    }),
    { seed: 11, numRuns: 30_000 },
  );
  expect(passed).toBeGreaterThan(3_000);
});
