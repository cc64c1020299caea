import type { TargetNode } from "@cuirass/seclang";
import { variableId, variableTable } from "@cuirass/engine/registries";
import type { VariableDefinition } from "@cuirass/engine/registries";
import type { Findings } from "../finding.ts";
import type { RuleChain, RuleModel } from "../rule-model.ts";
import { nameOf } from "../rule-model.ts";

const phaseNames = ["", "request headers", "request body", "response headers", "response body", "logging"];

/** What is known about a variable by its name in any case; undefined for unknown ones. */
export function variableOf(name: string): VariableDefinition | undefined {
  const id = variableId(name);
  return id === undefined ? undefined : variableTable[id];
}

/** Variables that have no value yet in the phase of the rule. */
export function checkVariables({ chains }: RuleModel, findings: Findings): void {
  for (const chain of chains) {
    for (const { node } of chain.links) {
      if (node.kind !== "rule") continue;
      for (const target of node.targets) if (!target.negated) checkTarget(chain, target, findings);
    }
  }
}

function checkTarget(chain: RuleChain, target: TargetNode, findings: Findings): void {
  const definition = variableOf(target.variable);
  if (definition === undefined || definition.phase <= chain.phase) return;
  const when = (phase: number): string => `phase ${phase} (${phaseNames[phase] ?? ""})`;
  findings.add(
    "LINT_VARIABLE_TOO_EARLY",
    `${definition.name} has no value before ${when(definition.phase)}, and ${nameOf(chain)} runs in phase ${chain.phase}`,
    target.variableSpan,
    { hint: `write phase:${definition.phase} or later, or take the target away` },
  );
}
