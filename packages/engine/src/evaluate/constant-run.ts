import type { ConstantRun } from "../compile/constant-run.ts";
import type { Transaction } from "../transaction.ts";
import { RuleMatch } from "./rule-match.ts";

/**
 * Does what the rules of a run would do; false, and nothing done, when that is not known beforehand: a variable has a value
 * already, a rule is removed or altered by ctl, or somebody wants to see the rules evaluated.
 */
export function repeatRun(tx: Transaction, run: ConstantRun): boolean {
  if (tx.trace !== undefined || tx.context.onRuleTime !== undefined || tx.ruleset.usesRuleVariable) return false;
  const { control, variables } = tx;
  if (control.removedRules !== undefined || control.targetExclusions.length > 0) return false;
  for (let at = 0; at < run.unset.length; at++) if (variables.tx.at(run.unset[at]!) !== undefined) return false;
  for (let at = 0; at < run.values.length; at++) variables.tx.setAt(run.values[at]![0], run.values[at]![1]);
  for (let at = 0; at < run.matches.length; at++) {
    const { rule, matches, scores } = run.matches[at]!;
    tx.matchedRules.push(new RuleMatch(tx, rule, matches, scores));
  }
  variables.matched.become(run.matched, run.matches[run.matches.length - 1]!.matches[0]!);
  tx.rulesEvaluated += run.evaluated;
  return true;
}
