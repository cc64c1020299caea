import { describe, expect, test } from "vitest";
import { indexOf, indexOfWhere } from "./search.ts";

const pad = "ab".repeat(150);

describe("indexOf", () => {
  test("gives -1 when the needle is longer than the haystack", () => {
    expect(indexOf(pad, `${pad}x`)).toBe(-1);
    expect(indexOf("a", "ab")).toBe(-1);
  });
});

describe("indexOfWhere", () => {
  const atEnd = (haystack: string, _start: number, end: number): boolean => end === haystack.length;

  test.each(["aa", "a".repeat(300)])("tries overlapping occurrences", (needle) => {
    expect(indexOfWhere(needle + "a", needle, atEnd)).toBe(1);
    expect(indexOfWhere(`${needle}b`, needle, atEnd)).toBe(-1);
  });

  test("ends with an empty needle", () => {
    expect(indexOfWhere("abc", "", () => false)).toBe(-1);
    expect(indexOfWhere("abc", "", atEnd)).toBe(3);
  });
});
