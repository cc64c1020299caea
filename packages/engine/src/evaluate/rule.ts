import type { CompiledRule, CompiledTarget } from "../compile/ruleset.ts";
import type { ViewTable } from "../compile/view-table.ts";
import type { Entry } from "../variables/collections.ts";
import type { ByteString } from "../text/bytes.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import type { Transaction } from "../transaction.ts";
import { isPromise } from "../maybe-promise.ts";
import type { Haystack } from "./haystack.ts";
import { MatchRecord } from "./match-record.ts";
import { entriesOf } from "./targets.ts";

/**
 * One rule with its chain (spec: seclang, 12). All values of the starter are tried first, then each child in turn;
 * non-disruptive actions run after every match, flow and disruptive ones once the whole chain matched.
 *
 * Rules that may have to wait for a port take the second path, which does the same steps but can pause between them.
 */
export function evaluateRule(tx: Transaction, rule: CompiledRule): MaybePromise<void> {
  return rule.mayWait ? drive(evaluateWaiting(tx, rule)) : evaluateNow(tx, rule);
}

function evaluateNow(tx: Transaction, starter: CompiledRule): void {
  tx.beginRule();
  const { matched } = tx.variables;
  for (let rule: CompiledRule | undefined = starter; rule !== undefined; rule = rule.next) {
    tx.enter(rule);
    const before = matched.values.length;
    matchValues(tx, rule);
    if (matched.values.length === before) return tx.endRule(starter, rule === starter ? "no match" : "chain failed");
  }
  finish(tx, starter);
}

function matchValues(tx: Transaction, rule: CompiledRule): void {
  if (rule.operator === undefined) {
    hit(tx, rule, undefined, undefined, "");
    return;
  }
  const { matched } = tx.variables;
  const plan = tx.ruleset.byPhase[tx.phase]!;
  const triggered = rule.chainLevel === 0 && plan.always[tx.position] === 0;
  for (let t = 0; t < rule.targets.length; t++) {
    const target = rule.targets[t]!;
    const table = triggered ? plan.tables[target.view] : undefined;
    const entries = entriesOf(tx, rule, target);
    for (let e = 0; e < entries.length; e++) {
      const entry = entries[e]!;
      if (table !== undefined && !mayMatch(tx, table, entry)) continue;
      const before = matched.values.length;
      if (rule.multiMatch) matchStages(tx, rule, target, entry);
      else {
        const text = matchingText(tx, rule, entry, table !== undefined);
        if (text !== undefined) hit(tx, rule, target, entry, text);
      }
      if (table !== undefined && matched.values.length === before) ruleOut(tx, rule, table, entry);
    }
  }
}

function mayMatch(tx: Transaction, table: ViewTable, entry: Entry): boolean {
  return tx.haystacks.candidates(tx.haystacks.ofEntry(entry), table).includes(tx.position);
}

/** The value does not match the rule, and as long as that depends on nothing else it need not be asked about again. */
function ruleOut(tx: Transaction, rule: CompiledRule, table: ViewTable, entry: Entry): void {
  const { memo } = rule.operator!;
  if (memo < 0) return;
  const haystack = tx.haystacks.ofEntry(entry);
  if (haystack.shared) haystack.dropCandidate(table, tx.position);
}

function matchStages(tx: Transaction, rule: CompiledRule, target: CompiledTarget, entry: Entry): void {
  const { haystacks } = tx;
  const { gate, negated } = rule.operator!;
  const stages = haystacks.stages(rule.pipeline, haystacks.ofEntry(entry));
  for (let s = 0; s < stages.length; s++) {
    const stage = stages[s]!;
    if (haystacks.passes(gate, stage) ? answer(tx, rule, stage) : negated) {
      hit(tx, rule, target, entry, stage.text);
    }
  }
}

/** The value as the operator sees it, when it matches; undefined when it does not. A candidate has passed the gate. */
function matchingText(tx: Transaction, rule: CompiledRule, entry: Entry, isCandidate: boolean): ByteString | undefined {
  const { pipeline, gatePipeline } = rule;
  const { gate, negated, memo } = rule.operator!;
  if (gate.length === 0 && pipeline.parent === undefined && memo < 0) {
    return matchesNow(tx, rule, entry.value) ? entry.value : undefined;
  }
  const { haystacks } = tx;
  const value = haystacks.ofEntry(entry);
  if (gate.length > 0 && !isCandidate && !haystacks.passes(gate, haystacks.transform(gatePipeline, value))) {
    return negated ? haystacks.transform(pipeline, value).text : undefined;
  }
  const last = haystacks.transform(pipeline, value);
  return answer(tx, rule, last) ? last.text : undefined;
}

/** The operator's answer about a text, negation included, asked once for texts that outlive the transaction. */
function answer(tx: Transaction, rule: CompiledRule, haystack: Haystack): boolean {
  const { memo, negated } = rule.operator!;
  if (memo < 0 || !haystack.shared) return matchesNow(tx, rule, haystack.text);
  const known = haystack.answerOf(memo);
  // A capturing operator has to be asked again for what it captures.
  if (known !== undefined && !(known && rule.capture)) return known !== negated;
  const matched = matchesNow(tx, rule, haystack.text);
  if (known === undefined) haystack.keepAnswer(memo, matched !== negated);
  return matched;
}

function matchesNow(tx: Transaction, rule: CompiledRule, text: ByteString): boolean {
  const operator = rule.operator!;
  if (rule.capture) tx.beginCapture();
  tx.weigh(text);
  return (operator.matcher.match(text, tx) as boolean) !== operator.negated;
}

/** What follows a match, in this order: MATCHED_*, the rule's actions, its texts (spec: seclang, 12.3). */
function hit(
  tx: Transaction,
  rule: CompiledRule,
  target: CompiledTarget | undefined,
  entry: Entry | undefined,
  text: ByteString,
): void {
  const match = record(tx, rule, target, entry, text);
  for (let at = 0; at < rule.actions.length; at++) rule.actions[at]!.evaluate(tx, rule);
  if (!isChainStarter(rule)) tx.expandTexts(rule, match);
}

/** A chain starter's texts wait until the whole chain matched. */
function isChainStarter(rule: CompiledRule): boolean {
  return rule.chainLevel === 0 && rule.next !== undefined;
}

type Steps = Generator<Promise<unknown>, void, unknown>;

function* evaluateWaiting(tx: Transaction, starter: CompiledRule): Steps {
  tx.beginRule();
  const { matched } = tx.variables;
  for (let rule: CompiledRule | undefined = starter; rule !== undefined; rule = rule.next) {
    tx.enter(rule);
    const before = matched.values.length;
    yield* matchValuesWaiting(tx, rule);
    if (matched.values.length === before) return tx.endRule(starter, rule === starter ? "no match" : "chain failed");
  }
  finish(tx, starter);
}

function* matchValuesWaiting(tx: Transaction, rule: CompiledRule): Steps {
  const operator = rule.operator;
  if (operator === undefined) {
    yield* hitWaiting(tx, rule, undefined, undefined, "");
    return;
  }
  for (const target of rule.targets) {
    for (const entry of entriesOf(tx, rule, target)) {
      const haystack = tx.haystacks.ofEntry(entry);
      const texts = rule.multiMatch
        ? tx.haystacks.stages(rule.pipeline, haystack).map(({ text }) => text)
        : [tx.haystacks.transform(rule.pipeline, haystack).text];
      for (const text of texts) {
        if (rule.capture) tx.beginCapture();
        tx.weigh(text);
        const answer = operator.matcher.match(text, tx);
        const matched = isPromise(answer) ? ((yield answer) as boolean) : answer;
        if (matched === operator.negated) continue;
        yield* hitWaiting(tx, rule, target, entry, text);
      }
    }
  }
}

function* hitWaiting(
  tx: Transaction,
  rule: CompiledRule,
  target: CompiledTarget | undefined,
  entry: Entry | undefined,
  text: ByteString,
): Steps {
  const match = record(tx, rule, target, entry, text);
  for (const action of rule.actions) {
    const pending = action.evaluate(tx, rule);
    if (isPromise(pending)) yield pending;
  }
  if (!isChainStarter(rule)) tx.expandTexts(rule, match);
}

/** Runs the steps to the end without leaving the caller's turn, or hands out a promise at the first one that must wait. */
function drive(steps: Steps, answer?: unknown): MaybePromise<void> {
  const next = steps.next(answer);
  if (next.done) return;
  return next.value.then(
    (value) => drive(steps, value),
    // The fault is raised inside the rule that waited, as a synchronous one would be.
    (reason: unknown) => void steps.throw(reason),
  );
}

function record(
  tx: Transaction,
  rule: CompiledRule,
  target: CompiledTarget | undefined,
  entry: Entry | undefined,
  text: ByteString,
): MatchRecord {
  const match = new MatchRecord(rule, target, entry, text);
  tx.variables.matched.add(match);
  return match;
}

/** What follows the match of a rule without a chain, texts or actions of its own, given its records (`SettledMatch`). */
export function recordSettled(tx: Transaction, rule: CompiledRule, matches: readonly MatchRecord[]): void {
  tx.beginRule();
  tx.variables.matched.become(matches, matches[0]!);
  finish(tx, rule);
}

function finish(tx: Transaction, starter: CompiledRule): void {
  // All of them are records of this rule and its chain.
  const matches = tx.variables.matched.values as readonly MatchRecord[];
  if (isChainStarter(starter)) tx.expandTexts(starter, matches[0]!);
  for (let at = 0; at < starter.finalActions.length; at++) starter.finalActions[at]!.evaluate(tx, starter);
  tx.recordMatch(starter, matches);
  tx.endRule(starter, "matched");
}
