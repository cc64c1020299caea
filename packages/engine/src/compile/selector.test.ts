import { describe, expect, test } from "vitest";
import { Entry, selects } from "../variables/collections.ts";
import { variableId } from "../variables/variable-table.ts";
import { compileExclusion, compileSelector, SelectorError } from "./selector.ts";

const entry = (key: string): Entry => new Entry(key, "v");

describe("compileSelector", () => {
  test("keys are compared in lower case and reported as written", () => {
    const selector = compileSelector({ kind: "key", value: "User-Agent" });
    expect(selector).toMatchObject({ kind: "key", key: "user-agent", text: "User-Agent" });
    expect(selects(selector, entry("USER-AGENT"))).toBe(true);
  });

  test("patterns match in any case, are searched, and keep their classes", () => {
    const selector = compileSelector({ kind: "regex", value: "^Ab\\S" });
    expect(["ABc", "abC", "ab ", "xabc", ""].map((key) => selects(selector, entry(key)))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(selector.text).toBe("/^Ab\\S/");
  });

  test("a path loses a slash at its end", () => {
    expect(compileSelector({ kind: "path", value: "//@*" })).toMatchObject({ kind: "key", text: "//@*" });
    expect(compileSelector({ kind: "path", value: "/A/b/" })).toMatchObject({ key: "/a/b", text: "/A/b" });
    expect(compileSelector({ kind: "path", value: "/" })).toMatchObject({ text: "/" });
  });

  test("a pattern that cannot be used is refused", () => {
    expect(() => compileSelector({ kind: "regex", value: "(" })).toThrow(SelectorError);
    expect(() => compileSelector({ kind: "regex", value: "" })).toThrow("empty");
  });
});

describe("compileExclusion", () => {
  test.each([
    ["ARGS", "ARGS", undefined],
    ["args:Password", "ARGS", "Password"],
    [" ARGS : a:b ", "ARGS", "a:b"],
    ["ARGS:/^a|b$/", "ARGS", "/^a|b$/"],
    ["ARGS:/a", "ARGS", "/a"],
    ["XML:/*", "XML", "/*"],
    ["REQUEST_XML://@*", "XML", "//@*"],
    ["XML:/a/b/", "XML", "/a/b"],
    ["REQUEST_URI", "REQUEST_URI", undefined],
  ])("%j", (text, variable, key) => {
    const exclusion = compileExclusion(text);
    expect(exclusion.variable).toBe(variableId(variable));
    expect(exclusion.selector?.text).toBe(key);
  });
});
