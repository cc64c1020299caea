import { describe, expect, test } from "vitest";
import { createSource, parseTargetList } from "./index.ts";
import { codesOf, only } from "./testing.ts";

/** Targets as `[!][&]NAME[=kind:value]`, for short rows. */
function outline(text: string): string[] {
  const { targets, diagnostics } = parseTargetList(text);
  expect(diagnostics, text).toEqual([]);
  return targets.map(({ negated, count, variable, selector }) => {
    const key = selector === undefined ? "" : `=${selector.kind}:${selector.value}`;
    return `${negated ? "!" : ""}${count ? "&" : ""}${variable}${key}`;
  });
}

describe("targets", () => {
  test.each([
    ["ARGS", ["ARGS"]],
    ["args|REQUEST_HEADERS:User-Agent", ["args", "REQUEST_HEADERS=key:User-Agent"]],
    ["&ARGS|!ARGS:a", ["&ARGS", "!ARGS=key:a"]],
    ["!&ARGS:a", ["!ARGS=key:a"]],
    ["&!ARGS:a", ["!ARGS=key:a"]],
    ["ARGS|", ["ARGS"]],
    ["TX:a:b.c", ["TX=key:a:b.c"]],
    ["ARGS:a/b", ["ARGS=key:a/b"]],
    ["ARGS:/a|b/|ARGS:c", ["ARGS=regex:a|b", "ARGS=key:c"]],
    ["ARGS:/a\\/b\\\\/", ["ARGS=regex:a/b\\\\"]],
    ["ARGS:'/a b/'|TX:x", ["ARGS=regex:a b", "TX=key:x"]],
    ["ARGS:'/it's/'", ["ARGS=regex:it's"]],
    ["ARGS:'a b|c'", ["ARGS=key:a b|c"]],
    ["ARGS:''", ["ARGS=key:"]],
    ["XML:/*|XML://@*", ["XML=path:/*", "XML=path://@*"]],
    ["xml:/*", ["xml=path:/*"]],
    ["JSON:a.b", ["JSON=path:a.b"]],
  ])("%s", (text, expected) => {
    expect(outline(text)).toEqual(expected);
  });

  test.each([
    ["|ARGS", "SECLANG_TARGET_EMPTY"],
    ["ARGS||TX", "SECLANG_TARGET_EMPTY"],
    ["|", "SECLANG_TARGET_EMPTY"],
    ["", "SECLANG_TARGET_EMPTY"],
    ["!", "SECLANG_TARGET_EMPTY"],
    [":a", "SECLANG_TARGET_EMPTY"],
    ["ARGS:", "SECLANG_TARGET_KEY_EMPTY"],
    ["ARGS:|TX:a", "SECLANG_TARGET_KEY_EMPTY"],
    ["XML:", "SECLANG_TARGET_KEY_EMPTY"],
    ["ARGS://", "SECLANG_TARGET_KEY_EMPTY"],
    ["ARGS:/a", "SECLANG_TARGET_REGEX_OPEN"],
    ["ARGS:/a\\/", "SECLANG_TARGET_REGEX_OPEN"],
    ["ARGS:'a", "SECLANG_TARGET_QUOTE_OPEN"],
    ["ARGS:'/a/", "SECLANG_TARGET_QUOTE_OPEN"],
    ["ARGS:/a/b", "SECLANG_TARGET_UNEXPECTED"],
    ["ARGS:'a'b", "SECLANG_TARGET_UNEXPECTED"],
    ['ARGS"', "SECLANG_TARGET_UNEXPECTED"],
    ["ARGS,TX", "SECLANG_TARGET_COMMA"],
    ["ARGS:a,!TX:b", "SECLANG_TARGET_COMMA"],
  ])("%s is reported as %s", (text, code) => {
    expect(parseTargetList(text).diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
  });

  test("a run of bars is one finding", () => {
    expect(parseTargetList("ARGS||||||TX").diagnostics).toHaveLength(1);
  });

  test("Compat: blanks stand inside keys in quotes or slashes", () => {
    const { targets } = only("SecRule ARGS:'a b'|ARGS:/c d/ \"@rx x\"", "rule");
    expect(targets.map(({ selector }) => selector!.value)).toEqual(["a b", "c d"]);
  });

  test("Compat: a regex without its slash is an error and does not swallow the operator", () => {
    expect(codesOf('SecRule ARGS:/abc "@rx /x/" "id:1"')).toEqual(["SECLANG_TARGET_REGEX_OPEN"]);
  });

  test("targets of a SecRule in quotes are an error, as in Coraza", () => {
    expect(codesOf('SecRule "ARGS" "@rx a" "id:1,phase:1"')).toEqual(["SECLANG_TARGETS_QUOTED"]);
  });

  test("spans of a list on its own count from its origin", () => {
    const source = createSource("a.conf", "xx ARGS:abc|TX");
    const { targets } = parseTargetList("ARGS:abc|TX", { source, start: 3 });
    const texts = targets.flatMap(({ variableSpan, selector }) => [variableSpan, ...(selector ? [selector.span] : [])]);
    expect(texts.map(({ start, end }) => source.text.slice(start, end))).toEqual(["ARGS", "abc", "TX"]);
  });
});
