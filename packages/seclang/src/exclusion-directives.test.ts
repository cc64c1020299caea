import { describe, expect, test } from "vitest";
import type { SelectorNode, TargetNode } from "./index.ts";
import { print } from "./index.ts";
import { codesOf, only } from "./testing.ts";

function printed(nodes: readonly (SelectorNode | TargetNode)[]): string[] {
  return nodes.map((node) => (node.kind === "text" ? `=${node.value}` : print(node)));
}

describe("SecRuleRemove*", () => {
  test.each([
    ["SecRuleRemoveById 12", ["12"]],
    ["SecRuleRemoveById 12 15-18\t20", ["12", "15-18", "20"]],
    ['SecRuleRemoveById "12, 15-18" 20', ["12", "15-18", "20"]],
    ["SecRuleRemoveByTag attack-sqli", ["=attack-sqli"]],
    ["SecRuleRemoveByTag OWASP CRS", ["=OWASP CRS"]],
    ['SecRuleRemoveByMsg "a \\"b\\""', ['=a "b"']],
    ['SecRuleRemoveByMsg "a b" "c"', ["=a b", "=c"]],
    ['secruleremovebytag "/^attack-/"', ["/^attack-/"]],
    ["SecRuleRemoveByTag /a b/", ["/a b/"]],
  ])("%s", (text, expected) => {
    expect(printed(only(text, "remove").selectors)).toEqual(expected);
  });

  test("names have the usual spelling whatever was written", () => {
    expect(only("secruleremovebyid 1", "remove").name).toBe("SecRuleRemoveById");
  });

  test.each([
    ["SecRuleRemoveById", "SECLANG_ARGUMENT_MISSING"],
    ['SecRuleRemoveByTag ""', "SECLANG_ARGUMENT_MISSING"],
    ["SecRuleRemoveById -5", "SECLANG_SELECTOR"],
    ["SecRuleRemoveById 5-1", "SECLANG_SELECTOR"],
    ["SecRuleRemoveById 5x", "SECLANG_SELECTOR"],
    ["SecRuleRemoveById 12:1", "SECLANG_SELECTOR"],
    ['SecRuleRemoveById "12', "SECLANG_QUOTE_OPEN"],
    ['SecRuleRemoveByMsg "a" b', "SECLANG_EXTRA_TEXT"],
  ])("%s is reported as %s", (text, code) => {
    expect(codesOf(text)).toEqual([code]);
  });
});

describe("SecRuleUpdateTarget*", () => {
  test.each([
    ['SecRuleUpdateTargetById 1 "!ARGS:a"', ["1"], ["!ARGS:a"]],
    ["SecRuleUpdateTargetById 1 !ARGS:a", ["1"], ["!ARGS:a"]],
    ['SecRuleUpdateTargetById 13-15 16 18:1 "!ARGS:a|ARGS:b"', ["13-15", "16", "18:1"], ["!ARGS:a", "ARGS:b"]],
    ['SecRuleUpdateTargetById "1,2" 3 "ARGS"', ["1", "2", "3"], ["ARGS"]],
    ['SecRuleUpdateTargetByTag "a b" "!ARGS:\'c d\' | TX:e "', ["=a b"], ["!ARGS:'c d'", "TX:e"]],
    ['SecRuleUpdateTargetByTag tag "!ARGS:/a \\" b/"', ["=tag"], ['!ARGS:/a " b/']],
    ["SecRuleUpdateTargetByMsg /re/ !ARGS:/a b/", ["/re/"], ["!ARGS:/a b/"]],
  ])("%s", (text, selectors, targets) => {
    const node = only(text, "update-target");
    expect(printed(node.selectors)).toEqual(selectors);
    expect(printed(node.targets)).toEqual(targets);
    expect(node.replacement).toBeUndefined();
  });

  test("a third argument names the targets to replace", () => {
    const node = only('SecRuleUpdateTargetById 12 "ARGS:a" "ARGS:b|TX"', "update-target");
    expect(printed(node.targets)).toEqual(["ARGS:a"]);
    expect(printed(node.replacement!)).toEqual(["ARGS:b", "TX"]);
  });

  test.each([
    ["SecRuleUpdateTargetById", "SECLANG_ARGUMENT_MISSING"],
    ["SecRuleUpdateTargetById 12", "SECLANG_ARGUMENT_MISSING"],
    ["SecRuleUpdateTargetById ARGS", "SECLANG_ARGUMENT_MISSING"],
    ["SecRuleUpdateTargetById 1x ARGS", "SECLANG_SELECTOR"],
    ["SecRuleUpdateTargetByTag tag", "SECLANG_ARGUMENT_MISSING"],
    ['SecRuleUpdateTargetByTag "" ARGS', "SECLANG_ARGUMENT_MISSING"],
    ["SecRuleUpdateTargetById 1 ARGS TX ENV", "SECLANG_EXTRA_TEXT"],
    ['SecRuleUpdateTargetByTag OWASP CRS "!ARGS:a"', "SECLANG_EXTRA_TEXT"],
  ])("%s is reported as %s", (text, code) => {
    expect(codesOf(text)).toEqual([code]);
  });
});

describe("SecRuleUpdateActionById", () => {
  test.each([
    ['SecRuleUpdateActionById 1 "pass,log"', ["1"], ["pass", "log"]],
    ["SecRuleUpdateActionById 1 pass,log", ["1"], ["pass", "log"]],
    ["SecRuleUpdateActionById 12:1 pass", ["12:1"], ["pass"]],
    ['SecRuleUpdateActionById "1 2-3" "pass"', ["1", "2-3"], ["pass"]],
    [
      "SecRuleUpdateActionById 949110 \"t:none,redirect:'http://%{request_headers.host}/'\"",
      ["949110"],
      ["t:none", "redirect:'http://%{request_headers.host}/'"],
    ],
  ])("%s", (text, selectors, actions) => {
    const node = only(text, "update-action");
    expect(printed(node.selectors)).toEqual(selectors);
    expect(node.actions.map((action) => print(action))).toEqual(actions);
  });

  test("double quotes inside the list belong to it", () => {
    const node = only('SecRuleUpdateActionById 1 "msg:"a b",log"', "update-action");
    expect(node.actions.map(({ value }) => value)).toEqual(["a b", undefined]);
  });

  test("Compat: blanks inside the list do not end it", () => {
    const node = only("SecRuleUpdateActionById 1 \"pass, log, msg:'a b'\"", "update-action");
    expect(node.actions.map(({ name }) => name)).toEqual(["pass", "log", "msg"]);
  });

  test.each([
    ["SecRuleUpdateActionById 1", "SECLANG_ARGUMENT_MISSING"],
    ['SecRuleUpdateActionById 1 ""', "SECLANG_ARGUMENT_MISSING"],
    ["SecRuleUpdateActionById pass", "SECLANG_ARGUMENT_MISSING"],
    ['SecRuleUpdateActionById 1 "pass', "SECLANG_QUOTE_OPEN"],
  ])("%s is reported as %s", (text, code) => {
    expect(codesOf(text)).toEqual([code]);
  });
});
