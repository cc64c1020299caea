import type { ActionNode } from "@cuirass/seclang";
import { findAction } from "@cuirass/engine/registries";
import type { Findings } from "../finding.ts";
import type { Link, RuleChain, RuleModel } from "../rule-model.ts";
import { hasAction, nameOf } from "../rule-model.ts";

const once: ReadonlySet<string> = new Set([
  "id",
  "phase",
  "msg",
  "logdata",
  "severity",
  "rev",
  "ver",
  "maturity",
  "accuracy",
  "status",
  "skipafter",
  "skip",
]);

/** Operators that compare numbers. */
const comparisons: ReadonlySet<string> = new Set(["eq", "ge", "gt", "le", "lt"]);

/** Actions that a later one of the same rule undoes, and actions that have nothing to act on. */
export function checkActions({ chains }: RuleModel, findings: Findings): void {
  for (const chain of chains) {
    for (const link of chain.links) {
      checkRepeated(chain, link.node.actions, findings);
      checkEffect(link, findings);
      checkPhase(chain, link, findings);
    }
  }
}

function checkRepeated(chain: RuleChain, actions: readonly ActionNode[], findings: Findings): void {
  const seen = new Map<string, ActionNode>();
  for (const action of actions) {
    const isDisruptive = findAction(action.name)?.group === "disruptive";
    if (!isDisruptive && !once.has(action.name)) continue;
    const key = isDisruptive ? "disruptive" : action.name;
    const earlier = seen.get(key);
    seen.set(key, action);
    if (earlier === undefined) continue;
    const what =
      isDisruptive && earlier.name !== action.name ? `${earlier.name} and ${action.name}` : `${action.name} twice`;
    findings.add("LINT_ACTION_OVERRIDDEN", `${nameOf(chain)} has ${what}; only the last one counts`, earlier.span, {
      related: [{ message: "counts", span: action.span }],
    });
  }
}

/** In the logging phase the answer is gone. */
function checkPhase(chain: RuleChain, { node }: Link, findings: Findings): void {
  if (chain.phase !== 5) return;
  for (const action of node.actions) {
    if (!["deny", "drop", "redirect"].includes(action.name)) continue;
    findings.add(
      "LINT_ACTION_WITHOUT_EFFECT",
      `${action.name} has no effect in phase 5: the answer has been given`,
      action.span,
      {
        hint: "write pass, or put the rule in an earlier phase",
      },
    );
  }
}

function checkEffect({ node, transformations }: Link, findings: Findings): void {
  const find = (name: string): ActionNode | undefined => node.actions.find((action) => action.name === name);
  const status = find("status");
  const hasDisruptive = ["deny", "block", "redirect"].some((name) => hasAction(node.actions, name));
  const lets = ["pass", "allow", "drop"].find((name) => hasAction(node.actions, name));
  if (status !== undefined && !hasDisruptive && lets !== undefined) {
    findings.add("LINT_ACTION_WITHOUT_EFFECT", `status has no effect: with ${lets} no answer is given`, status.span, {
      hint: "write deny, or leave status out",
    });
  }
  const multiMatch = find("multimatch");
  if (multiMatch !== undefined && transformations.length === 0) {
    findings.add(
      "LINT_ACTION_WITHOUT_EFFECT",
      "multiMatch has no effect: the rule has no transformations",
      multiMatch.span,
    );
  }
  const capture = find("capture");
  if (node.kind === "rule" && capture !== undefined && comparisons.has(node.operator.name.toLowerCase())) {
    findings.add(
      "LINT_ACTION_WITHOUT_EFFECT",
      `capture has no effect: @${node.operator.name} captures nothing`,
      capture.span,
    );
  }
  if (node.kind !== "action") return;
  for (const name of ["t", "capture", "multimatch"]) {
    const action = find(name);
    if (action === undefined || (name === "t" && action.value?.toLowerCase() === "none")) continue;
    findings.add(
      "LINT_ACTION_WITHOUT_EFFECT",
      `${name} has no effect in a SecAction, which looks at no value`,
      action.span,
    );
  }
}
