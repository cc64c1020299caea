import type { ActionNode, SecRuleNode } from "@cuirass/seclang";
import type { Findings } from "../finding.ts";
import type { RuleChain, RuleModel } from "../rule-model.ts";
import { hasAction, nameOf } from "../rule-model.ts";

/** Lists of transformations that do not begin with `t:none`. */
export function checkTransformations({ chains }: RuleModel, findings: Findings): void {
  for (const chain of chains) {
    // What a released rule set leaves out is not the reader's to add.
    if (hasAction(chain.links[0]!.node.actions, "ver")) continue;
    for (const { node, level } of chain.links) {
      checkList(chain, node.actions, level, findings);
      if (level === 0 && node.kind === "rule") checkAbsent(chain, node, findings);
    }
  }
}

function checkList(chain: RuleChain, actions: readonly ActionNode[], level: number, findings: Findings): void {
  const steps = actions.filter(({ name }) => name === "t");
  const [first] = steps;
  if (first === undefined) return;
  const none = steps.findLastIndex(({ value }) => value?.toLowerCase() === "none");
  if (none < 0) {
    if (level > 0 || isBookkeeping(actions)) return;
    const message = `the transformations of ${nameOf(chain)} do not begin with t:none`;
    findings.add("LINT_TRANSFORMATION_NONE_MISSING", message, first.span, {
      hint: "write t:none first: elsewhere default actions may bring transformations along",
      fix: { span: { ...first.span, end: first.span.start }, text: "t:none," },
    });
  } else if (steps.slice(0, none).some(({ value }) => value?.toLowerCase() !== "none")) {
    const lost = steps.slice(0, none).map(({ value }) => value ?? "");
    const message = `t:none takes back ${lost.map((name) => `t:${name}`).join(",")}`;
    findings.add("LINT_TRANSFORMATIONS_DISCARDED", message, steps[none]!.span, {
      hint: "write t:none in front of the other transformations, or leave those in front of it out",
    });
  }
}

/** A note only: without transformations the rule sees the raw value, which may well be meant. */
function checkAbsent(chain: RuleChain, node: SecRuleNode, findings: Findings): void {
  if (hasAction(node.actions, "t") || isBookkeeping(node.actions) || !texts.has(node.operator.name.toLowerCase()))
    return;
  if (node.targets.every(({ count }) => count) || !node.targets.some(({ variable }) => isDecoded(variable))) return;
  findings.add("LINT_TRANSFORMATION_NONE_MISSING", `${nameOf(chain)} has no transformations`, node.operator.span, {
    severity: "info",
    hint: "write t:none if it is meant to see the value as it was received, or the transformations it needs",
  });
}

const texts: ReadonlySet<string> = new Set([
  "rx",
  "pm",
  "pmf",
  "pmfromfile",
  "contains",
  "containsword",
  "detectsqli",
  "detectxss",
]);

/** Values that an attacker can encode. */
function isDecoded(variable: string): boolean {
  return /^(?:ARGS|REQUEST_(?:COOKIES|URI|FILENAME|BODY|HEADERS)|QUERY_STRING)/i.test(variable);
}

/** Rules that only copy values detect nothing, so nothing is lost when a default action changes what they see. */
function isBookkeeping(actions: readonly ActionNode[]): boolean {
  return hasAction(actions, "pass") && hasAction(actions, "nolog");
}
