import { expect, test } from "vitest";
import { visit } from "./index.ts";
import { parseText } from "./testing.ts";

test("directives and their parts are visited in the order of the text", () => {
  const { document } = parseText(
    'SecRule ARGS|TX:a "@rx a" "id:1,log"\nSecMarker X\nSecRuleUpdateTargetByTag tag "!ARGS:b" "TX"\nSecRuleUpdateActionById 5 "pass"\nSecRuleRemoveById 7\n',
  );
  const seen: string[] = [];
  visit(document, {
    rule: () => seen.push("rule"),
    target: (node, directive) => seen.push(`${directive.kind} ${node.variable}`),
    operator: (node) => seen.push(`@${node.name}`),
    "action-item": (node, directive) => seen.push(`${directive.kind} ${node.name}`),
    text: (node) => seen.push(node.value),
    "id-range": (node) => seen.push(String(node.from)),
  });
  expect(seen).toEqual([
    ..."rule|rule ARGS|rule TX|@rx|rule id|rule log".split("|"),
    ..."tag|update-target ARGS|update-target TX|5|update-action pass|7".split("|"),
  ]);
});
