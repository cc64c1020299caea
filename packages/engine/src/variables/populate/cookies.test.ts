import { describe, expect, test } from "vitest";
import { pairsOf } from "../../testing/fake-body.ts";
import { FakeState } from "../../testing/fake-state.ts";
import { defaultSettings } from "../../settings.ts";
import { populateCookies } from "./cookies.ts";

function cookies(header: string, cookieFormat: 0 | 1 = 0, cookieV0Separator = ";"): [string, string][] {
  const { variables } = new FakeState();
  populateCookies(variables, { ...defaultSettings(), cookieFormat, cookieV0Separator }, header);
  return pairsOf(variables.requestCookies);
}

describe("version 0", () => {
  test.each<[header: string, found: [string, string][]]>([
    ["", []],
    [";; ;", []],
    ["a=1; b=2", [["a", "1"], ["b", "2"]]], // prettier-ignore
    [" a=1;b = 2 ;c", [["a", "1"], ["b", " 2"], ["c", ""]]], // prettier-ignore
    ['c="q;d"', [["c", '"q'], ['d"', ""]]], // prettier-ignore
    ["a=1; A=2; a=3", [["a", "1"], ["A", "2"], ["a", "3"]]], // prettier-ignore
    ["e=f=g", [["e", "f=g"]]],
    ["=d; a=1", [["a", "1"]]],
    ["z=%41+1", [["z", "%41+1"]]],
    ["$Version=1; a=\0\xff", [["$Version", "1"], ["a", "\0\xff"]]], // prettier-ignore
  ])("%j", (header, found) => {
    expect(cookies(header)).toEqual(found);
  });

  test("SecCookieV0Separator parts cookies", () => {
    expect(cookies("a=1,b=2;c", 0, ",")).toEqual([
      ["a", "1"],
      ["b", "2;c"],
    ]);
  });
});

describe("version 1", () => {
  test.each<[header: string, found: [string, string][]]>([
    ['$Version="1"; a="x;y"; $Path="/"', [["$Version", "1"], ["a", "x;y"], ["$Path", "/"]]], // prettier-ignore
    ['a="x\\";y", b=2', [["a", 'x\\";y'], ["b", "2"]]], // prettier-ignore
    ['a="open; b=2', [["a", '"open; b=2']]],
    ['a=" "', [["a", " "]]],
    ['a= "b"', [["a", "b"]]],
    ['a="', [["a", '"']]],
    ["a", [["a", ""]]],
  ])("%j", (header, found) => {
    expect(cookies(header, 1)).toEqual(found);
  });
});
