import { describe, expect, test } from "vitest";
import { capturesOf, compileWith, matches, refusal } from "../testing/fake-context.ts";
import { FakeState } from "../testing/fake-state.ts";
import { pm } from "./pm.ts";
import { restpath } from "./restpath.ts";
import { rxGlobal } from "./rx-global.ts";
import { rx } from "./rx.ts";
import { validateNid } from "./validate-nid.ts";
import { verifyCC } from "./verify-cc.ts";

describe("@rx", () => {
  test("captures the match and groups 1 to 9", () => {
    expect(capturesOf(rx, "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", "abcdefghijkl")).toEqual([
      "abcdefghijk",
      ..."abcdefghi",
    ]);
  });

  test("captures a group that took no part as empty and leaves slots past the groups alone", () => {
    expect(capturesOf(rx, "(a)|(b)", "b")).toEqual(["b", "", "b"]);
    expect(capturesOf(rx, "a", "a")).toEqual(["a"]);
    expect(capturesOf(rx, "(a)", "b")).toEqual([]);
  });

  test("stores nothing without capture", () => {
    const tx = new FakeState();
    expect(compileWith(rx, "(a)").match("a", tx)).toBe(true);
    expect(tx.captures).toEqual([]);
  });

  test("works on bytes", () => {
    expect(matches(rx, "^..$", "\xc3\xa9")).toBe(true);
    expect(matches(rx, "\\xc3\\xa9", "\xc3\xa9")).toBe(true);
    expect(matches(rx, "\xc3\xa9+$", "\xc3\xa9\xc3\xa9")).toBe(true);
    expect(matches(rx, "(?i)k", "\xe2\x84\xaa")).toBe(false);
    expect(matches(rx, "^[^\\x00-\\x7f]$", "\xff")).toBe(true);
    expect(matches(rx, "^\\xff$", "a\n\xff")).toBe(true);
  });

  test("takes macros literally", () => {
    expect(matches(rx, "%\\{tx.a}", "%{tx.a}")).toBe(true);
  });

  test("refuses what is not regular, with the place", () => {
    const error = refusal(rx, "ab(?=c)");
    expect(error.offset).toBe(2);
    expect(refusal(rx, "(a)\\1").message).not.toBe("");
    expect(refusal(rx, "a(").offset).toBeTypeOf("number");
  });

  test("does not mix its patterns with those of other operators", () => {
    expect(matches(rx, "a.c", "abc")).toBe(true);
    expect(matches(pm, "a.c", "abc")).toBe(false);
    expect(matches(rx, "a.c", "abc")).toBe(true);
  });

  test("locates the match", () => {
    expect(compileWith(rx, "b+").locate?.("abbc")).toEqual([1, 3]);
  });
});

describe("@rxGlobal", () => {
  test.each([
    ["[a-z]+", "ab1cd", ["ab", "cd"]],
    ["(^|a)(b|c)(d)", "bdacd", ["bd", "", "b", "d", "acd", "a", "c", "d"]],
    ["[a-z]*", "aaa00bbb", ["aaa", "bbb"]],
    ["[a-z]*", "0a", ["a"]],
    ["([a-z]*)", "", ["", ""]],
    ["()", "ab", ["", ""]],
    ["\\bb", "bb b", ["b", "b"]],
    ["(.)", "abcdefg", ["a", "a", "b", "b", "c", "c", "d", "d", "e", "e"]],
    ["x", "abc", []],
  ])("%j in %j", (argument, value, groups) => {
    expect(capturesOf(rxGlobal, argument, value)).toEqual(groups);
  });
});

describe("@restpath", () => {
  function pathArguments(template: string, path: string): [string, string[]][] {
    const tx = new FakeState();
    tx.variables.argsPath.add("id", "old");
    void compileWith(restpath, template).match(path, tx);
    return [...tx.variables.argsPath.data()];
  }

  test("stores every named part, in place of an earlier value", () => {
    expect(pathArguments("/u/{id}/{Thing}", "/api/u/7/x?y")).toEqual([
      ["id", ["7"]],
      ["Thing", ["x"]],
    ]);
    expect(pathArguments("/u/{id}", "/v/7")).toEqual([["id", ["old"]]]);
  });

  test("takes the rest of the template as an expression and skips its groups", () => {
    expect(pathArguments("^/(u|v)/{id}$", "/v/7")).toEqual([["id", ["7"]]]);
  });

  test.each(["/a/{9}", "/a/{x y}", "/a{2,3}/b"])("refuses the name in %j", (template) => {
    expect(refusal(restpath, template).offset).toBe(template.indexOf("{") + 1);
  });
});

describe("@validateNid", () => {
  test("captures valid matches under their place among all matches", () => {
    const captures = capturesOf(validateNid, "us [0-9]{9}", "000000000 219099999 666000000 219099998");
    expect(captures).toEqual([undefined, "219099999", undefined, "219099998"]);
  });

  test("finds an id behind ten others", () => {
    const value = `${"000-00-0000 ".repeat(50)}219-09-9999`;
    expect(matches(validateNid, "us [0-9]{3}-[0-9]{2}-[0-9]{4}", value)).toBe(true);
    expect(capturesOf(validateNid, "us [0-9]{3}-[0-9]{2}-[0-9]{4}", value)).toEqual([]);
  });

  test.each(["", "us", "us ", "xx ^a", "US [0-9]"])("refuses %j", (argument) => {
    expect(refusal(validateNid, argument).hint).toContain('"us"');
  });

  test("places a fault of the expression in the argument", () => {
    expect(refusal(validateNid, "us  a(?=b)").offset).toBe(5);
  });
});

describe("@verifyCC", () => {
  test("captures the match that passes", () => {
    expect(capturesOf(verifyCC, "[0-9]{16}", "1111111111111111 4417123456789113")).toEqual(["4417123456789113"]);
  });

  test("finds a number that begins inside another match", () => {
    expect(matches(verifyCC, "(?:[0-9][ -]?){13,16}", "1234 5678 4417123456789113")).toBe(true);
  });

  test("ends with expressions that match nothing", () => {
    expect(matches(verifyCC, "x*", "4417123456789113")).toBe(false);
    expect(matches(verifyCC, "", "")).toBe(false);
  });
});
