import type { CompiledOperator, CompiledTarget, Pipeline } from "./ruleset.ts";
import type { TransactionState } from "../transaction-state.ts";
import type { Entry } from "../variables/collections.ts";
import { Keyed } from "../variables/collections.ts";

/** False when no value of the rule's target matches. Changes nothing. */
export type CheapTest = (tx: TransactionState) => boolean;

/**
 * The test of a rule that compares numbers of one key, `TX:key` or `&TX:key`: most rules that are evaluated whatever the
 * values are. Undefined for other rules.
 */
export function cheapTest(
  targets: readonly CompiledTarget[],
  operator: CompiledOperator | undefined,
  pipeline: Pipeline,
): CheapTest | undefined {
  if (operator?.matcher.cheap !== true || targets.length !== 1 || pipeline.parent !== undefined) return undefined;
  const { of, selector, count, exclusions } = targets[0]!;
  if (selector?.kind !== "key" || exclusions.length > 0) return undefined;
  const { key } = selector;
  const { matcher, negated } = operator;
  return (tx) => {
    const collection = of(tx.variables);
    if (!(collection instanceof Keyed)) return true;
    const entries = collection.lookUp(key) ?? none;
    if (count) return matcher.match(String(entries.length), tx) !== negated;
    for (let at = 0; at < entries.length; at++) if (matcher.match(entries[at]!.value, tx) !== negated) return true;
    return false;
  };
}

const none: readonly Entry[] = [];
