import { describe, expect, test } from "vitest";
import { FakeContext, compileWith, matches, refusal } from "../testing/fake-context.ts";
import { FakeState } from "../testing/fake-state.ts";
import { beginsWith } from "./begins-with.ts";
import { containsWord } from "./contains-word.ts";
import { contains } from "./contains.ts";
import { endsWith } from "./ends-with.ts";
import { streq } from "./streq.ts";
import { strmatch } from "./strmatch.ts";
import { within } from "./within.ts";

const family = [beginsWith, contains, endsWith, streq, strmatch, within];

describe.each(family)("@$name", (operator) => {
  test("refuses an empty argument and says how to test for an empty value", () => {
    expect(refusal(operator, "").hint).toContain("\\A\\z");
  });

  test("compares with the macro's value at run time", () => {
    const matcher = operator.compile("%{tx.word}", new FakeContext());
    const tx = new FakeState();
    tx.variables.tx.set("word", "abc");
    expect(matcher.match("abc", tx)).toBe(true);
    tx.variables.tx.set("word", "abd");
    expect(matcher.match("abc", tx)).toBe(false);
    expect(matcher.locate).toBeUndefined();
  });

  test("compares bytes, NUL and bytes over 127 included", () => {
    expect(matches(operator, "a\0\xff", "a\0\xff")).toBe(true);
    expect(matches(operator, "a\0\xff", "a\0\xfe")).toBe(false);
    expect(matches(operator, "\xe9", "\xc9")).toBe(false);
  });
});

describe("locate", () => {
  test.each([
    [beginsWith, "ab", "abab", [0, 2]],
    [contains, "b", "aabb", [2, 3]],
    [endsWith, "ab", "abab", [2, 4]],
    [streq, "ab", "ab", [0, 2]],
    [containsWord, "b", "bb b", [3, 4]],
  ] as const)("@$name", (operator, argument, value, span) => {
    expect(compileWith(operator, argument).locate?.(value)).toEqual(span);
  });
});

describe("@within", () => {
  test("looks for the value in the argument, not the other way round", () => {
    expect(matches(within, "GET", "GET POST")).toBe(false);
  });
});

describe("@containsWord", () => {
  test.each([
    ["word", "word", true],
    ["word", "a word.", true],
    ["word", "words", false],
    ["word", "sword", false],
    ["word", "swordword word", true],
    ["word", "word\xe9", true],
    ["word", "1word_", true],
    ["word", "WORD", false],
    ["..", "...", true],
    ["..", "a..b", false],
    ["..", "a...b", false],
    ["", "anything", true],
    ["", "", true],
  ])("%j in %j", (argument, value, found) => {
    expect(matches(containsWord, argument, value)).toBe(found);
  });
});
