import { describe, expect, test } from "vitest";
import { isSupportedXPath, selectXPath } from "./xpath.ts";

const document = `<s:Envelope xmlns:s="urn:s"><s:Body id="1"><user id="2">ann<b>e</b><!-- c -->x</user><user/>
<list><user id="3">bob</user></list></s:Body></s:Envelope>`;

test.each<[path: string, values: string[]]>([
  ["/Envelope/Body/user", ["ann", "e", "x"]],
  ["/s:Envelope/s:Body/list", ["bob"]],
  ["/other:Envelope/Body/list/user", ["bob"]],
  ["//user", ["ann", "e", "x", "bob"]],
  ["//user/text()", ["ann", "x", "bob"]],
  ["//list//text()", ["bob"]],
  ["/Envelope/Body/@id", ["1"]],
  ["//user/@id", ["2", "3"]],
  ["//@id", ["1", "2", "3"]],
  ["/Envelope//@id", ["1", "2", "3"]],
  ["//list//@id", ["3"]],
  ["/Envelope/*/user/@*", ["2"]],
  ["/*/*/*", ["ann", "e", "x", "bob"]],
  ["//*//user/@id", ["2", "3"]],
  ["/user", []],
  ["/envelope", []],
  ["//nothing", []],
])("%s", (path, values) => {
  expect(selectXPath(document, path)).toEqual(values);
});

test("text inside several selected elements is given once", () => {
  expect(selectXPath("<a><a><a>x</a></a></a>", "//a")).toEqual(["x"]);
});

test("a broken document gives what could be read", () => {
  expect(selectXPath("<a><b>x</b><c>", "/a/b")).toEqual(["x"]);
});

test("results are bounded", () => {
  expect(selectXPath(`<a>${"<b>x</b>".repeat(12_000)}</a>`, "//b")).toHaveLength(10_000);
});

describe("the subset", () => {
  test.each(["/a", "//a", "/a/b/@c", "//@*", "/a//text()", "/*", "/ns:a/@x:y", "/a.b/c-d"])("%s is in", (path) => {
    expect(isSupportedXPath(path)).toBe(true);
  });
  test.each([
    "",
    "a",
    "/",
    "/a/",
    "///a",
    "/a[1]",
    "/a/@b/c",
    "/text()/a",
    "/a b",
    "count(/a)",
    "/a/..()",
    `/a${"/b".repeat(31)}`,
  ])("%s is not", (path) => {
    expect(isSupportedXPath(path)).toBe(false);
    expect(selectXPath("<a/>", path)).toEqual([]);
  });
});
