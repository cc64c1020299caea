import type { CompiledRule } from "../compile/ruleset.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Phase } from "../phase.ts";

/** Why a rule did not decide anything, or that it matched. */
export type TraceOutcome =
  | "matched"
  | "no match"
  | "chain failed"
  | "removed by ctl"
  | "skipped by skip"
  | "skipped by skipAfter"
  | "skipped by allow"
  | "not reached";

/** One rule tried or passed over. */
export interface TraceStep {
  readonly phase: Phase;
  readonly ruleId: number;
  readonly marker: ByteString;
  readonly outcome: TraceOutcome;
  /** What caused it: the marker skipped to, the rule that interrupted. */
  readonly detail: string;
}

/** Records every rule of a transaction in evaluation order. Only there when tracing is on. */
export class Trace {
  readonly steps: TraceStep[] = [];

  add(phase: Phase, rule: CompiledRule, outcome: TraceOutcome, detail = ""): void {
    this.steps.push({ phase, ruleId: rule.id, marker: rule.metadata.marker, outcome, detail });
  }
}
