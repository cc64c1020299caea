import { expect, test } from "vitest";
import { formDecode, parseForm } from "./form.ts";

function pairs(text: string, separator = "&"): [string, string][] {
  const found: [string, string][] = [];
  parseForm(text, separator, (name, value) => found.push([name, value]) > 0);
  return found;
}

test("order is kept, and names that differ only in case", () => {
  expect(pairs("b=1&a=2&B=3&b=4")).toEqual([
    ["b", "1"],
    ["a", "2"],
    ["B", "3"],
    ["b", "4"],
  ]);
});

test.each<[text: string, found: [string, string][]]>([
  ["", []],
  ["&&", []],
  ["a", [["a", ""]]],
  ["=x", [["", "x"]]],
  ["=", [["", ""]]],
  ["a==b=c", [["a", "=b=c"]]],
  ["a&b=1&c", [["a", ""], ["b", "1"], ["c", ""]]], // prettier-ignore
  ["a%3D1=%26&+=+", [["a=1", "&"], [" ", " "]]], // prettier-ignore
  ["a=%zz&b=%4&%=1&c", [["a", "%zz"], ["b", "%4"], ["%", "1"], ["c", ""]]], // prettier-ignore
  ["a=%00%ff%e9", [["a", "\0\xff\xe9"]]],
  ["a=1;b=2", [["a", "1;b=2"]]],
  ["a[]=1&a[b]=2", [["a[]", "1"], ["a[b]", "2"]]], // prettier-ignore
])("%j", (text, found) => {
  expect(pairs(text)).toEqual(found);
});

test("reading ends with the first argument that is refused: there is no room for those after it", () => {
  const seen: string[] = [];
  parseForm("a&b&c", "&", (name) => seen.push(name) < 2);
  expect(seen).toEqual(["a", "b"]);
});

test("decoding is done once, and text without escapes is returned as it is", () => {
  expect(formDecode("%2541+%2B")).toBe("%41 +");
  expect(formDecode("100%")).toBe("100%");
  expect(formDecode("%")).toBe("%");
  expect(formDecode("%4")).toBe("%4");
});
