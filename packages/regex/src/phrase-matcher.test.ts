import fc from "fast-check";
import { expect, test } from "vitest";
import { PhraseMatcher } from "./phrase-matcher.ts";

test("finds phrases in any ASCII case", () => {
  const matcher = new PhraseMatcher(["Union", "select"]);
  expect(matcher.test("1 uNiOn 2")).toBe(true);
  expect(matcher.test("unio selec")).toBe(false);
});

test("occurrences are leftmost, then longest, and do not overlap", () => {
  expect(new PhraseMatcher(["ab", "abcd", "bc", "d"]).find("xabcdd", 10)).toEqual([1, 5, 5, 6]);
  expect(new PhraseMatcher(["abcde", "bc"]).find("abcdx", 10)).toEqual([1, 3]);
});

test("a phrase may end at every place of another one", () => {
  const matcher = new PhraseMatcher(["a", `${"a".repeat(40)}b`]);
  expect(matcher.test("xa")).toBe(true);
  expect(matcher.find(`x${"a".repeat(41)}b`, 10)).toEqual([1, 2, 2, 43]);
});

test("stops at the limit", () => {
  expect(new PhraseMatcher(["a"]).find("aaaa", 2)).toEqual([0, 1, 1, 2]);
});

test("no phrase matches nothing", () => {
  expect(new PhraseMatcher([]).test("anything")).toBe(false);
  expect(new PhraseMatcher([""]).test("anything")).toBe(false);
});

test("agrees with a search for each phrase on any bytes", () => {
  const byte = fc.integer({ min: 0, max: 255 }).map((value) => String.fromCharCode(value));
  const text = fc.string({ unit: fc.oneof(fc.constantFrom("a", "b", "A"), byte), minLength: 1, maxLength: 5 });
  const lower = (value: string): string => value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 6 }),
      fc.string({ unit: fc.oneof(fc.constantFrom("a", "b", "B"), byte), maxLength: 20 }),
      (phrases, haystack) => {
        const expected = phrases.some((phrase) => lower(haystack).includes(lower(phrase)));
        expect(new PhraseMatcher(phrases).test(haystack)).toBe(expected);
        expect(new PhraseMatcher(phrases).find(haystack, 1).length > 0).toBe(expected);
      },
    ),
    { seed: 11, numRuns: 5000 },
  );
});

test("tells all 256 byte values apart", () => {
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  const matcher = new PhraseMatcher([`${all.join("")}!`, "\xfe\xff\xfd"]);
  expect(matcher.test("\xfe\xff\xfd")).toBe(true);
  expect(matcher.test("\xff\xff\xfd")).toBe(false);
  expect(matcher.test("\xfe\xfe\xfd")).toBe(false);
});
