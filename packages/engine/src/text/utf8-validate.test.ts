import { describe, expect, test } from "vitest";
import { invalidUtf8At } from "./utf8-validate.ts";

describe("invalidUtf8At", () => {
  const valid = [
    "",
    "plain",
    "\0",
    "\xc2\x80",
    "\xdf\xbf",
    "\xe0\xa0\x80",
    "\xed\x9f\xbf",
    "\xee\x80\x80",
    "\xf0\x90\x80\x80",
    "\xf4\x8f\xbf\xbf",
  ];
  test.each(valid)("%j is well-formed", (text) => {
    expect(invalidUtf8At(text)).toBe(-1);
  });

  const broken: [string, string, number][] = [
    ["lone continuation byte", "ab\x80", 2],
    ["overlong slash of two bytes", "\xc0\xaf", 0],
    ["overlong slash of three bytes", "a\xe0\x80\xaf", 1],
    ["overlong form of four bytes", "\xf0\x8f\xbf\xbf", 0],
    ["surrogate", "\xed\xa0\x80", 0],
    ["beyond U+10FFFF", "\xf4\x90\x80\x80", 0],
    ["lead byte F5", "\xf5\x80\x80\x80", 0],
    ["byte FF", "a\xff", 1],
    ["two bytes cut short", "a\xc3", 1],
    ["three bytes cut short", "\xe2\x82", 0],
    ["four bytes cut short", "\xf0\x9f\x98", 0],
    ["bad third byte", "\xe2\x82\x41", 0],
    ["bad fourth byte", "\xf0\x9f\x98\x41", 0],
  ];
  test.each(broken)("%s", (_title, text, at) => {
    expect(invalidUtf8At(text)).toBe(at);
  });
});
