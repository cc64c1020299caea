import type { CompiledRule, CompiledTarget } from "../compile/ruleset.ts";
import type { ByteString } from "../text/bytes.ts";
import type { TargetExclusion } from "../control.ts";
import type { Transaction } from "../transaction.ts";
import { MatchRecord } from "../evaluate/match-record.ts";
import { isPromise } from "../maybe-promise.ts";
import { Phase } from "../phase.ts";
import { Entry, selects } from "../variables/collections.ts";

/**
 * The rules of a phase as the specification tells it (spec: seclang, 12; transaction, 5), one rule after the other and
 * one value after the other: no prefilter, no memo, no cache, every transformation called, every operator asked.
 *
 * Invariant: shares with the real evaluator the compiled rules and the transaction's bookkeeping, and nothing of
 * `evaluate/` that decides which rule looks at which text.
 */
export function evaluatePhasePlainly(tx: Transaction, phase: Phase): void {
  const { control } = tx;
  const allowed = (): boolean => control.allow !== "none" && phase !== Phase.Logging;
  for (const rule of tx.ruleset.rules) {
    const isMarker = rule.kind === "marker";
    if (rule.phase !== phase && !isMarker) continue;
    if (tx.interruption !== undefined && phase !== Phase.Logging) break;
    if (control.removedRules?.[rule.index] === 1) continue;
    if (control.skipAfter !== "") {
      if (isMarker && rule.metadata.marker === control.skipAfter) control.skipAfter = "";
    } else if (control.skip > 0) {
      control.skip--;
    } else if (!isMarker && !allowed()) {
      evaluateChain(tx, rule);
    }
  }
  control.skip = 0;
  control.skipAfter = "";
  if (control.allow === "phase" || (control.allow === "request" && phase >= Phase.RequestBody)) control.allow = "none";
}

function evaluateChain(tx: Transaction, starter: CompiledRule): void {
  tx.beginRule();
  const matches: MatchRecord[] = [];
  for (let rule: CompiledRule | undefined = starter; rule !== undefined; rule = rule.next) {
    tx.enter(rule);
    const found = evaluateValues(tx, rule);
    if (found.length === 0) return tx.endRule(starter, rule === starter ? "no match" : "chain failed");
    matches.push(...found);
  }
  if (starter.next !== undefined) tx.expandTexts(starter, matches[0]!);
  for (const action of starter.finalActions) atOnce(action.evaluate(tx, starter));
  tx.recordMatch(starter, matches);
  tx.endRule(starter, "matched");
}

function evaluateValues(tx: Transaction, rule: CompiledRule): MatchRecord[] {
  const { operator } = rule;
  if (operator === undefined) return [match(tx, rule, undefined, undefined, "")];
  const found: MatchRecord[] = [];
  for (const target of rule.targets) {
    for (const entry of entriesOf(tx, rule, target)) {
      for (const text of textsOf(rule, entry.value)) {
        if (rule.capture) tx.beginCapture();
        if (atOnce(operator.matcher.match(text, tx)) === operator.negated) continue;
        found.push(match(tx, rule, target, entry, text));
      }
    }
  }
  return found;
}

function match(
  tx: Transaction,
  rule: CompiledRule,
  target: CompiledTarget | undefined,
  entry: Entry | undefined,
  text: ByteString,
): MatchRecord {
  const record = new MatchRecord(rule, target, entry, text);
  tx.variables.matched.add(record);
  for (const action of rule.actions) atOnce(action.evaluate(tx, rule));
  const isStarterOfChain = rule.chainLevel === 0 && rule.next !== undefined;
  if (!isStarterOfChain) tx.expandTexts(rule, record);
  return record;
}

function entriesOf(tx: Transaction, rule: CompiledRule, target: CompiledTarget): Entry[] {
  const selected: Entry[] = [];
  target.of(tx.variables).select(target.selector, selected);
  const dynamic = tx.control.targetExclusions.filter(({ rules }) => rules[rule.index] === 1);
  const exclusions = [...target.exclusions, ...dynamic.map(({ exclusion }) => exclusion)];
  const kept = selected.filter((entry) => !exclusions.some((exclusion) => excludes(exclusion, target, entry)));
  if (!target.count) return kept;
  const key = target.selector?.text ?? "";
  return [new Entry(key, String(kept.length), key)];
}

function excludes({ variable, selector }: TargetExclusion, target: CompiledTarget, entry: Entry): boolean {
  return variable === target.variable && selects(selector, entry);
}

/** The value after all transformations; with multi-match the value itself and every result that differs. */
function textsOf({ pipeline, multiMatch }: CompiledRule, value: ByteString): ByteString[] {
  const texts = [value];
  let text = value;
  for (const { apply } of pipeline.steps) {
    const next = apply(text);
    if (next !== text) texts.push(next);
    text = next;
  }
  return multiMatch ? texts : [text];
}

function atOnce<T>(value: T | Promise<T>): T {
  if (isPromise(value)) throw new Error("the plain evaluator does not wait for ports");
  return value;
}
