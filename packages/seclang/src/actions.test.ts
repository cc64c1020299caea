import { describe, expect, test } from "vitest";
import { parseActionList } from "./index.ts";
import { codesOf, only } from "./testing.ts";

/** Actions as `name`, `name=value` or `name='value'`. */
function outline(text: string): string[] {
  const { actions, diagnostics } = parseActionList(text);
  expect(diagnostics, text).toEqual([]);
  return actions.map(({ name, value, quoted }) =>
    value === undefined ? name : `${name}=${quoted ? `'${value}'` : value}`,
  );
}

describe("action lists", () => {
  test.each([
    ["id:1,phase:2,deny", ["id=1", "phase=2", "deny"]],
    [" ID : '12' ,\tphase : 1 , NoLog ", ["id='12'", "phase=1", "nolog"]],
    ["msg:'a, b: c',log", ["msg='a, b: c'", "log"]],
    ['msg:"a b",log', ["msg='a b'", "log"]],
    ["msg:'it\\'s, ok',nolog", ["msg='it\\'s, ok'", "nolog"]],
    ["msg:a\\,b,log", ["msg=a\\,b", "log"]],
    ["msg:a\\", ["msg=a\\"]],
    ["id:1,msg:a\\", ["id=1", "msg=a\\"]],
    ["redirect:http://a/b:c", ["redirect=http://a/b:c"]],
    ["setvar:'tx.a=%{x}'", ["setvar='tx.a=%{x}'"]],
    ["msg:", ["msg="]],
    ["msg:''", ["msg=''"]],
    ["ctl:ruleRemoveTargetById=1;ARGS:a", ["ctl=ruleRemoveTargetById=1;ARGS:a"]],
    ["", []],
    ["  ", []],
  ])("%s", (text, expected) => {
    expect(outline(text)).toEqual(expected);
  });

  test.each([
    ["id:1,", "SECLANG_ACTION_EMPTY"],
    [",id:1", "SECLANG_ACTION_EMPTY"],
    ["id:1,,log", "SECLANG_ACTION_EMPTY"],
    ["id:1,,,,log", "SECLANG_ACTION_EMPTY"],
    ["id:1, :x", "SECLANG_ACTION_EMPTY"],
    ["id:1,msg:'a", "SECLANG_ACTION_QUOTE_OPEN"],
    ["id:1,msg:don't", "SECLANG_ACTION_QUOTE_OPEN"],
  ])("%s is reported as %s", (text, code) => {
    expect(parseActionList(text).diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
  });

  test("Compat: an open quote that may hide an action is an error, one that cannot is a warning", () => {
    const severities = (text: string): string[] => parseActionList(text).diagnostics.map(({ severity }) => severity);
    expect(severities("id:1,msg:'not closed,deny")).toEqual(["error"]);
    expect(severities("id:1,msg:',deny''")).toEqual(["error"]);
    expect(severities("id:1,deny,msg:'not closed")).toEqual(["warning"]);
    expect(severities("id:1,deny,msg:'a, b','not closed")).toEqual(["warning"]);
    expect(parseActionList("deny,msg:'not closed").actions.at(-1)).toMatchObject({
      value: "'not closed",
      quoted: false,
    });
  });

  test("letters beyond ASCII keep their bytes when names are lower-cased", () => {
    expect(outline("MSG\xc4:\xc4")).toEqual(["msg\xc4=\xc4"]);
  });

  test("the span of a value leaves out its quotes", () => {
    const node = only("SecAction \"id:1,msg:'a b'\"", "action");
    const { start, end, source } = node.actions[1]!.valueSpan!;
    expect(source.text.slice(start, end)).toBe("a b");
  });
});

describe("where action lists stand", () => {
  test("a missing and an empty list are the same and differ from a list", () => {
    expect(only('SecRule ARGS "@rx a"', "rule").hasActions).toBe(false);
    expect(only('SecRule ARGS "@rx a" ""', "rule").hasActions).toBe(false);
    expect(only('SecRule ARGS "@rx a" "t:none"', "rule").hasActions).toBe(true);
  });

  test("SecAction takes them with and without quotes", () => {
    const names = (text: string): string[] => only(text, "action").actions.map(({ name }) => name);
    expect(names("SecAction id:1,phase:1,nolog")).toEqual(["id", "phase", "nolog"]);
    expect(names('SecDefaultAction "phase:1, log"')).toEqual(["phase", "log"]);
  });

  test("SecRule wants double quotes round them, to the end of the directive", () => {
    expect(codesOf("SecRule ARGS \"@rx a\" 'id:1'")).toEqual(["SECLANG_ACTIONS_UNQUOTED"]);
    expect(codesOf('SecRule ARGS "@rx a" "id:1')).toEqual(["SECLANG_QUOTE_OPEN"]);
    expect(codesOf('SecRule ARGS "@rx a" "id:1" x')).toEqual(["SECLANG_QUOTE_OPEN"]);
  });

  test("SecAction without actions is an error", () => {
    expect(codesOf("SecAction")).toEqual(["SECLANG_ARGUMENT_MISSING"]);
    expect(codesOf('SecDefaultAction ""')).toEqual(["SECLANG_ARGUMENT_MISSING"]);
  });
});
