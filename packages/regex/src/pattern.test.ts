import { describe, expect, test } from "vitest";
import { isPatternError } from "./pattern-error.ts";
import { compilePattern } from "./pattern.ts";

const found: readonly (readonly [pattern: string, haystack: string, matches: boolean])[] = [
  ["abc", "xabcx", true],
  ["abc", "ABC", false],
  ["(?i)abc", "xAbCx", true],
  ["a(?i)b", "aB", true],
  ["a(?i)b", "AB", false],
  ["a(?i:b)c", "aBc", true],
  ["a(?i:b)c", "aBC", false],
  ["(?i)[a-c]+z", "ABCZ", true],
  ["a.c", "a\nc", true],
  ["(?-s)a.c", "a\nc", false],
  ["^b$", "a\nb\nc", true],
  ["(?-m)^b$", "a\nb", false],
  ["\\Ab", "a\nb", false],
  ["b\\z", "b\n", false],
  ["\\bfoo\\b", "a foo b", true],
  ["\\bfoo\\b", "afoo b", false],
  ["\\Boo\\b", "foo", true],
  ["[[:alpha:]]+[[:digit:]]", "ab1", true],
  ["[^[:space:]]", " \t", false],
  ["\\x41\\x{42}", "AB", true],
  ["\\Qa.b\\E+", "a.bbb", true],
  ["\\Qa.b\\E", "axb", false],
  ["a{2,3}b", "aaab", true],
  ["^a{2,3}b", "aaaab", false],
  ["a{,3}", "a{,3}", true],
  ["x*", "", true],
  ["[]a]", "]", true],
  ["[a-]", "-", true],
  ["[\\w-]+!", "a-b!", true],
  ["\\xff", "a\xffb", true],
  ["[\\x80-\\xff]", "\xe4", true],
  ["\xc3\xa9+", "\xc3\xa9\xc3\xa9", true],
  ["[\xc3\xa4-\xc3\xbc]", "x\xc3\xa9x", true],
  ["[\xc3\xa4-\xc3\xbc]", "x\xc3\x9fx", false],
  ["\\x{2028}", "\xe2\x80\xa8", true],
  ["(?x) a b # comment", "ab", true],
  ["$", "", true],
  ["a$\n^b", "a\nb", true],
  ["(?P<n>a)|b", "b", true],
];

test.each(found)("%j on %j matches: %j", (pattern, haystack, matches) => {
  expect(compilePattern(pattern).test(haystack)).toBe(matches);
  expect(compilePattern(pattern).exec(haystack) !== undefined).toBe(matches);
});

const refused: readonly (readonly [pattern: string, code: string, position: number])[] = [
  ["a(?=b)", "not-regular", 1],
  ["(?<!a)b", "not-regular", 0],
  ["(a)\\1", "not-regular", 3],
  ["(?>a)", "not-regular", 0],
  ["a++", "not-regular", 2],
  ["\\p{L}", "unsupported", 0],
  ["a\\Z", "unsupported", 1],
  ["(a", "syntax", 0],
  ["a)", "syntax", 1],
  ["[a", "syntax", 0],
  ["*a", "syntax", 0],
  ["a**", "syntax", 2],
  ["[b-a]", "syntax", 1],
  ["a\\", "syntax", 1],
  ["\\y", "syntax", 0],
  ["a{1001}", "too-large", 0],
  ["(?:a{100}){11}", "too-large", 0],
  ["(?*a)", "syntax", 0],
];

test.each(refused)("%j is refused as %s at %i", (pattern, code, position) => {
  let error: unknown;
  try {
    compilePattern(pattern);
  } catch (caught) {
    error = caught;
  }
  expect(isPatternError(error)).toBe(true);
  expect(error).toMatchObject({ code, position });
});

describe("submatches", () => {
  test("are those of the leftmost match, earlier alternatives first", () => {
    expect([...compilePattern("(a|ab)(c|bcd)(d*)").exec("xabcd")!]).toEqual([1, 5, 1, 2, 2, 5, 5, 5]);
  });

  test("are -1 for groups that took no part", () => {
    expect([...compilePattern("(a)|(b)").exec("b")!]).toEqual([0, 1, -1, -1, 0, 1]);
  });

  test("start at the offset asked for", () => {
    expect(compilePattern("a").exec("aba", 1)![0]).toBe(2);
  });

  test("lazy quantifiers take as little as they can", () => {
    expect(compilePattern("<(.+?)>").exec("<a><b>")![3]).toBe(2);
  });
});

test("a pattern with large counts is tried in a looser form first, with the same answers", () => {
  const pattern = compilePattern("^[a-z]{20,40}![0-9]{17}$");
  expect(pattern.test(`${"a".repeat(30)}!${"1".repeat(17)}`)).toBe(true);
  expect(pattern.test(`${"a".repeat(19)}!${"1".repeat(17)}`)).toBe(false);
  expect(pattern.test(`${"a".repeat(30)}!${"1".repeat(18)}`)).toBe(false);
});

test("a haystack that reaches ever new states is simulated, with the same answer", () => {
  const pattern = compilePattern("(?:a|b)*a(?:a|b){12}c");
  let text = "";
  for (let seed = 1; text.length < 60_000; seed = (seed * 1103515245 + 12345) & 0x7fffffff)
    text += seed & 0x10000 ? "a" : "b";
  expect(pattern.test(text)).toBe(false);
  expect(pattern.test(`${text}a${"b".repeat(12)}c`)).toBe(true);
});
