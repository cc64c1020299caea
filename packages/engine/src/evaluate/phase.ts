import type { CompiledRule } from "../compile/ruleset.ts";
import type { PhasePlan } from "../compile/phase-plan.ts";
import { positionAfter } from "../compile/phase-plan.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import type { Transaction } from "../transaction.ts";
import type { TraceOutcome } from "./trace.ts";
import { isPromise } from "../maybe-promise.ts";
import { Phase } from "../phase.ts";
import type { Candidates } from "./candidates.ts";
import type { WafContext } from "./evaluation.ts";
import { repeatRun } from "./constant-run.ts";
import { evaluateRule, recordSettled } from "./rule.ts";

/**
 * The rules of one phase in configuration order (spec: transaction, 5).
 *
 * A rule is passed over, in this order of checks, when it was removed by ctl, while a skipAfter looks for its marker,
 * while a skip counts down, while an allow is in force, and when it cannot match. An interruption ends every phase but
 * the logging phase.
 */
export function evaluatePhase(tx: Transaction, phase: Phase): MaybePromise<void> {
  if (isAllowed(tx, phase) && tx.trace === undefined) return endPhase(tx, phase);
  const plan = tx.ruleset.byPhase[phase]!;
  tx.beginPhase(phase, plan.steady);
  const candidates = tx.context.candidates.take(tx, phase, plan);
  return run(tx, phase, plan, candidates, next(tx, phase, plan, 0));
}

function run(tx: Transaction, phase: Phase, plan: PhasePlan, candidates: Candidates, from: number): MaybePromise<void> {
  const { rules, constant } = plan;
  // Invariant: `at` only grows, so no combination of skip and skipAfter can loop.
  let at = from;
  while (at < rules.length) {
    if (at === constant?.from && repeatRun(tx, constant)) {
      at = constant.to;
      continue;
    }
    if (at >= candidates.end) candidates.enter(at);
    if (tx.trace === undefined) {
      const found = candidates.next(at);
      if (found > at) {
        at = found;
        continue;
      }
    }
    const rule = rules[at]!;
    at++;
    if (tx.trace !== undefined && !candidates.has(at - 1)) {
      traceUnmarked(tx, phase, rule);
      continue;
    }
    if (isRemoved(tx, rule)) {
      tx.trace?.add(phase, rule, "removed by ctl");
      continue;
    }
    if (tx.overBudget()) break;
    if (rule.cheapTest !== undefined && !tx.control.excludesFrom(rule.index)) {
      if (!rule.cheapTest.passes(tx)) {
        tx.beginRule();
        tx.endRule(rule, "no match");
        continue;
      }
      const settled = plan.settled[at - 1];
      if (settled !== undefined && tx.context.onRuleTime === undefined && !tx.ruleset.usesRuleVariable) {
        tx.position = at - 1;
        recordSettled(tx, rule, settled.matchesOf(tx));
        at = next(tx, phase, plan, at);
        continue;
      }
    }
    if (plan.always[at - 1] === 0) tx.rulesPassedOver--;
    tx.position = at - 1;
    const pending =
      tx.context.onRuleTime === undefined ? evaluateRule(tx, rule) : timeRule(tx, rule, tx.context.onRuleTime);
    if (isPromise(pending)) {
      const after = at;
      return pending.then(() => run(tx, phase, plan, candidates, next(tx, phase, plan, after)));
    }
    at = next(tx, phase, plan, at);
  }
  tx.context.candidates.give(phase, candidates);
  endPhase(tx, phase);
}

/** For the profiler. A rule that waits for a port is timed up to the wait: the rest is not the engine's. */
function timeRule(
  tx: Transaction,
  rule: CompiledRule,
  onRuleTime: NonNullable<WafContext["onRuleTime"]>,
): MaybePromise<void> {
  const { clock } = tx.host;
  const start = clock.monotonic();
  const pending = evaluateRule(tx, rule);
  onRuleTime(rule.id, clock.monotonic() - start);
  return pending;
}

/** Where evaluation goes on once the rules before `from` had their say: there, behind what a flow action skips, or at the end. */
function next(tx: Transaction, phase: Phase, plan: PhasePlan, from: number): number {
  const { rules } = plan;
  const { control } = tx;
  if (tx.interruption !== undefined && phase !== Phase.Logging) {
    return skipTo(tx, phase, plan, from, rules.length, "not reached", `interrupted by rule ${tx.interruption.ruleId}`);
  }
  let at = from;
  while (at < rules.length) {
    if (control.skipAfter !== "") {
      const label = control.skipAfter;
      const own = at > 0 && rules[at - 1]!.skipAfter === label;
      const end = own ? plan.resume[at - 1]! : (positionAfter(plan.markers, label, at) ?? rules.length);
      if (end < rules.length) control.skipAfter = "";
      at = skipTo(tx, phase, plan, at, end, "skipped by skipAfter", label);
    } else if (control.skip > 0) {
      if (!isRemoved(tx, rules[at]!)) control.skip--;
      at = skipTo(tx, phase, plan, at, at + 1, "skipped by skip");
    } else if (isAllowed(tx, phase)) {
      at = skipTo(tx, phase, plan, at, rules.length, "skipped by allow", control.allow);
    } else break;
  }
  return at;
}

function skipTo(
  tx: Transaction,
  phase: Phase,
  { rules }: PhasePlan,
  from: number,
  to: number,
  outcome: TraceOutcome,
  detail = "",
): number {
  if (tx.trace !== undefined) {
    for (const rule of rules.slice(from, to)) {
      if (isRemoved(tx, rule)) tx.trace.add(phase, rule, "removed by ctl");
      else tx.trace.add(phase, rule, outcome, detail);
    }
  }
  return to;
}

/** Compat: a marker does nothing when it is met; Coraza resets MATCHED_VAR there (gaps A17). */
function traceUnmarked(tx: Transaction, phase: Phase, rule: CompiledRule): void {
  if (rule.kind !== "marker") tx.trace?.add(phase, rule, isRemoved(tx, rule) ? "removed by ctl" : "no match");
}

function isRemoved({ control }: Transaction, rule: CompiledRule): boolean {
  return control.removedRules !== undefined && control.removedRules[rule.index] === 1;
}

/** Compat: `allow` leaves the logging phase alone, as documented; Coraza skips that too (gaps A18). */
function isAllowed(tx: Transaction, phase: Phase): boolean {
  return tx.control.allow !== "none" && phase !== Phase.Logging;
}

/**
 * Compat: skip and skipAfter end with the phase (gaps A17). `allow:phase` does too; `allow:request` lasts through phase 2,
 * or, used later than that, to the end of its phase (gaps A18).
 */
function endPhase(tx: Transaction, phase: Phase): void {
  const control = tx.control;
  control.skip = 0;
  control.skipAfter = "";
  if (control.allow === "phase" || (control.allow === "request" && phase >= Phase.RequestBody)) control.allow = "none";
}
