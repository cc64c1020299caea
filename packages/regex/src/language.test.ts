import { expect, test } from "vitest";
import { compilePattern, examinePattern } from "./index.ts";

const anything = (): boolean => true;
const noUpper = (byte: number): boolean => byte < 0x41 || byte > 0x5a;

test.each([
  ["select", true],
  ["a\\zb", false],
  ["a\\Ab", false],
  ["a*\\Ab", true],
  ["(?:a\\zb|c)", true],
  ["a$b", true],
])("%s can match: %s", (source, expected) => {
  expect(examinePattern(source, anything).canMatch).toBe(expected);
});

test.each([
  ["SELECT", false],
  ["(?i)SELECT", true],
  ["SELECT|union", true],
  ["[A-Z]*", true],
  ["a[A-Z]+", false],
])("%s can match a text without capital letters: %s", (source, expected) => {
  expect(examinePattern(source, noUpper).canMatch).toBe(expected);
});

test.each([
  [".*", true],
  ["^.*", true],
  ["a|b*", true],
  ["^.*$", false],
  ["a+", false],
  ["\\b.*", false],
])("%s occurs in every text: %s", (source, expected) => {
  expect(examinePattern(source, anything).matchesAll).toBe(expected);
});

test("a pattern said to match nothing matches none of many short texts, one said to match all matches each", () => {
  const sources = ["a\\zb", "a\\Ab", ".*", "^.*", "a|b*", "x?$", "()", "[ab]?\\z", "SELECT"];
  const texts = ["", "a", "ab", "ba", "a\nb", "b\na\n", "select", "x", "\n"];
  for (const source of sources) {
    const { canMatch, matchesAll } = examinePattern(source, noUpper);
    for (const text of texts) {
      const found = compilePattern(source).test(text);
      if (!canMatch) expect([source, text, found]).toEqual([source, text, false]);
      if (matchesAll) expect([source, text, found]).toEqual([source, text, true]);
    }
  }
});
