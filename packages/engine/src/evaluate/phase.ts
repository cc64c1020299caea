import type { CompiledRule } from "../compile/ruleset.ts";
import type { PhasePlan } from "../compile/phase-plan.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import type { Transaction } from "../transaction.ts";
import { isPromise } from "../maybe-promise.ts";
import { Phase } from "../phase.ts";
import { Candidates } from "./candidates.ts";
import { evaluateRule } from "./rule.ts";

/**
 * The rules of one phase in configuration order (spec: transaction, 5).
 *
 * A rule is passed over, in this order of checks, when it was removed by ctl, while a skipAfter looks for its marker,
 * while a skip counts down, and while an allow is in force. An interruption ends every phase but the logging phase.
 */
export function evaluatePhase(tx: Transaction, phase: Phase): MaybePromise<void> {
  if (isAllowed(tx, phase) && tx.trace === undefined) return endPhase(tx, phase);
  tx.beginPhase(phase);
  const plan = tx.ruleset.byPhase[phase]!;
  return run(tx, phase, plan, new Candidates(tx, plan), 0);
}

function run(tx: Transaction, phase: Phase, plan: PhasePlan, candidates: Candidates, from: number): MaybePromise<void> {
  const { rules, listOf } = plan;
  // Invariant: `at` only grows, so no combination of skip and skipAfter can loop.
  for (let at = from; at < rules.length; at++) {
    const rule = rules[at]!;
    if (tx.interruption !== undefined && phase !== Phase.Logging) {
      tx.trace?.add(phase, rule, "not reached", `interrupted by rule ${tx.interruption.ruleId}`);
      if (tx.trace === undefined) break;
      continue;
    }
    if (isPassedOver(tx, phase, rule)) continue;
    if (tx.overBudget()) break;
    const list = listOf[at]!;
    if (list >= 0 && !candidates.mayMatch(list, rule.operator!.gate)) {
      tx.passOver(rule);
      continue;
    }
    const pending = evaluateRule(tx, rule);
    if (isPromise(pending)) return pending.then(() => run(tx, phase, plan, candidates, at + 1));
  }
  endPhase(tx, phase);
}

function isPassedOver(tx: Transaction, phase: Phase, rule: CompiledRule): boolean {
  const control = tx.control;
  if (control.removedRules !== undefined && control.removedRules[rule.index] === 1) {
    tx.trace?.add(phase, rule, "removed by ctl");
    return true;
  }
  if (control.skipAfter !== "") {
    tx.trace?.add(phase, rule, "skipped by skipAfter", control.skipAfter);
    if (rule.kind === "marker" && rule.metadata.marker === control.skipAfter) control.skipAfter = "";
    return true;
  }
  if (control.skip > 0) {
    control.skip--;
    tx.trace?.add(phase, rule, "skipped by skip");
    return true;
  }
  if (isAllowed(tx, phase)) {
    tx.trace?.add(phase, rule, "skipped by allow", control.allow);
    return true;
  }
  // Compat: a marker does nothing when it is met; Coraza resets MATCHED_VAR there (gaps A17).
  return rule.kind === "marker";
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
