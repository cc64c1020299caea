import type { CompiledOperator, CompiledTarget, Pipeline } from "./ruleset.ts";
import type { TransactionState } from "../transaction-state.ts";

/** False when no value of the rule's target matches. Changes nothing. */
export type CheapTest = (tx: TransactionState) => boolean;

/**
 * The test of a rule that compares numbers, `TX:key` or `&TX:key`: most rules that are evaluated whatever the
 * values are. Undefined for other rules.
 */
export function cheapTest(
  targets: readonly CompiledTarget[],
  operator: CompiledOperator | undefined,
  pipeline: Pipeline,
): CheapTest | undefined {
  if (operator?.matcher.cheap !== true || targets.length !== 1 || pipeline.parent !== undefined) return undefined;
  const { tx: number, count, exclusions } = targets[0]!;
  if (number < 0 || exclusions.length > 0) return undefined;
  const { matcher, negated } = operator;
  if (count) return (tx) => matcher.match(tx.variables.tx.at(number) === undefined ? "0" : "1", tx) !== negated;
  return (tx) => {
    const entry = tx.variables.tx.at(number);
    return entry !== undefined && matcher.match(entry.value, tx) !== negated;
  };
}
