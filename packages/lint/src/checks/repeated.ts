import type { SecRuleNode } from "@cuirass/seclang";
import { print } from "@cuirass/seclang";
import type { Findings } from "../finding.ts";
import type { RuleModel } from "../rule-model.ts";

/** Targets that stand twice in a rule, and transformations that follow themselves. */
export function checkRepeated({ chains }: RuleModel, findings: Findings): void {
  for (const { links } of chains) {
    for (const { node } of links) {
      if (node.kind === "rule") checkTargets(node, findings);
      for (const [at, action] of node.actions.entries()) {
        const before = node.actions[at - 1];
        if (action.name !== "t" || before?.name !== "t" || before.value?.toLowerCase() !== action.value?.toLowerCase())
          continue;
        // Decoding twice is what decoding functions are written twice for.
        if (/decode/i.test(action.value ?? "")) continue;
        findings.add("LINT_REPEATED", `t:${action.value ?? ""} stands twice in a row`, action.span, {
          fix: { span: { ...action.span, start: before.span.end }, text: "" },
        });
      }
    }
  }
}

function checkTargets({ targets }: SecRuleNode, findings: Findings): void {
  const seen = new Map<string, SecRuleNode["targets"][number]>();
  for (const target of targets) {
    const key = print(target).toLowerCase();
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, target);
    else
      findings.add("LINT_REPEATED", `the target ${print(target)} stands twice`, target.span, {
        related: [{ message: "the first one", span: earlier.span }],
      });
  }
}
