import { expect, test } from "vitest";
import type { ByteCopier } from "./byte-window.ts";
import { fillWindow, useByteCopier, WINDOW, windowBytes } from "./byte-window.ts";
import { compilePattern } from "./pattern.ts";

const slowly: ByteCopier = (text, into) => {
  for (let at = 0; at < text.length; at++) into[at] = text.charCodeAt(at);
};

test("a window holds the bytes of a part of the text", () => {
  expect(fillWindow("abc\xff", 1)).toBe(3);
  expect([...windowBytes.subarray(0, 3)]).toEqual([0x62, 0x63, 0xff]);
});

test("a host's copier is given the very part that is asked for", () => {
  const asked: number[] = [];
  const before = useByteCopier((text, into) => {
    asked.push(text.length);
    slowly(text, into);
  });
  const text = `${"x".repeat(WINDOW)}${"y".repeat(100)}`;
  expect([fillWindow(text, 0), windowBytes[WINDOW - 1]]).toEqual([WINDOW, 0x78]);
  expect([fillWindow(text, WINDOW), windowBytes[99]]).toEqual([100, 0x79]);
  expect(asked).toEqual([WINDOW, 100]);
  useByteCopier(before);
});

test("a pattern is found across the edge of a window", () => {
  const pattern = compilePattern("ab+c$");
  for (const before of [WINDOW - 4, WINDOW - 1, WINDOW, 2 * WINDOW - 2]) {
    expect(pattern.test(`${"-".repeat(before)}abbbbbc`)).toBe(true);
    expect(pattern.test(`${"-".repeat(before)}abbbbb-c`)).toBe(false);
  }
});
