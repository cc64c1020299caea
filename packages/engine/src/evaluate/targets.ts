import type { CompiledRule, CompiledTarget } from "../compile/ruleset.ts";
import type { Transaction } from "../transaction.ts";
import type { TargetExclusion } from "../control.ts";
import { Entry, selects } from "../variables/collections.ts";

/** Entries of a target, not to be changed. A look-up that others share when nothing is excluded from it. */
export function entriesOf(tx: Transaction, rule: CompiledRule, target: CompiledTarget): readonly Entry[] {
  const isWhole = !tx.control.excludesFrom(rule.index);
  if (isWhole && target.view >= 0 && tx.views.steady) return tx.views.entries(target.view);
  if (isWhole && target.tx >= 0 && target.exclusions.length === 0) {
    const entry = tx.variables.tx.at(target.tx);
    if (target.count) return [new Entry(target.selector!.text, entry === undefined ? "0" : "1")];
    return entry === undefined ? noEntries : [entry];
  }
  const entries: Entry[] = [];
  resolveTarget(tx, rule, target, entries);
  return entries;
}

const noEntries: readonly Entry[] = [];

/** Entries of a target, without those excluded by the rule, by SecRuleUpdateTarget* or by ctl (spec: seclang, 4 and 16.3). */
export function resolveTarget(tx: Transaction, rule: CompiledRule, target: CompiledTarget, out: Entry[]): void {
  const from = out.length;
  target.of(tx.variables).select(target.selector, out);
  if (target.exclusions.length > 0) exclude(target.exclusions, target.variable, out, from);
  // Children use the exclusions of their starter, whose index they carry.
  for (const { rules, exclusion } of tx.control.targetExclusions) {
    if (rules[rule.index] === 1) exclude([exclusion], target.variable, out, from);
  }
  if (target.count) {
    const count = out.length - from;
    out.length = from;
    const key = target.selector?.text ?? "";
    out.push(new Entry(key, String(count), key));
  }
}

/** Takes excluded entries out of a list, from an index on. */
function exclude(exclusions: readonly TargetExclusion[], variable: number, out: Entry[], from: number): void {
  let kept = from;
  for (let at = from; at < out.length; at++) {
    const entry = out[at]!;
    if (!isExcluded(exclusions, variable, entry)) out[kept++] = entry;
  }
  out.length = kept;
}

/** True when one of the exclusions means a value of the variable. */
export function isExcluded(exclusions: readonly TargetExclusion[], variable: number, entry: Entry): boolean {
  for (let at = 0; at < exclusions.length; at++) {
    const exclusion = exclusions[at]!;
    if (exclusion.variable === variable && selects(exclusion.selector, entry)) return true;
  }
  return false;
}
