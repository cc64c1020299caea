import type { OperatorNode, Span } from "@cuirass/seclang";
import { compilePattern, isPatternError } from "@cuirass/regex";
import type { Findings } from "../finding.ts";
import type { RuleModel } from "../rule-model.ts";

const expressions: ReadonlySet<string> = new Set(["rx", "rxglobal", "rsub"]);

/** Patterns that need backtracking: they cannot be matched in linear time, whatever the engine. */
export function checkPatterns({ chains }: RuleModel, findings: Findings): void {
  for (const chain of chains) {
    for (const { node } of chain.links) if (node.kind === "rule") checkOperator(node.operator, findings);
  }
}

function checkOperator(operator: OperatorNode, findings: Findings): void {
  if (!expressions.has(operator.name.toLowerCase()) || operator.argument.includes("%{")) return;
  try {
    compilePattern(operator.argument);
  } catch (error) {
    if (!isPatternError(error)) throw error;
    if (error.code !== "not-regular") return;
    const message = `the pattern cannot be matched in linear time: ${error.message}`;
    findings.add("LINT_PATTERN_NOT_LINEAR", message, behind(operator, error.position), {
      severity: "error",
      hint: error.hint ?? "write it as a chain of rules without look-around and back-references",
    });
  }
}

function behind({ argumentSpan, argument }: OperatorNode, offset: number): Span {
  return { ...argumentSpan, start: Math.min(argumentSpan.start + Math.min(offset, argument.length), argumentSpan.end) };
}
