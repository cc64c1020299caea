import type { ByteString } from "../text/bytes.ts";
import type { Phase } from "../phase.ts";
import type { ScoreChange } from "../matched-rule.ts";
import type { CompiledRule, CompiledTarget } from "./ruleset.ts";
import { MatchRecord } from "../evaluate/match-record.ts";
import { Entry } from "../variables/collections.ts";
import { captureNames } from "../variables/tx-variables.ts";

/** A rule of a run that matches, with what its match record and its changes always are. */
export interface ConstantMatch {
  readonly rule: CompiledRule;
  readonly matches: readonly MatchRecord[];
  readonly scores: readonly ScoreChange[];
}

/**
 * Rules one after the other that set TX variables from constants and look at nothing else: as long as none of their variables
 * has a value before, what comes of them is the same for every transaction and is worked out at load.
 *
 * Perf: the CRS begins with two dozen of them, which give settings their defaults: phase 1 of a browser's request 69 µs instead
 * of 74 (bench, level 1).
 */
export interface ConstantRun {
  /** Positions in the phase: the first rule, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Numbers of the TX variables that have no value before. */
  readonly unset: readonly number[];
  /** Variables in the order in which they are made, with their values after the run. */
  readonly values: readonly (readonly [tx: number, value: ByteString])[];
  readonly matches: readonly ConstantMatch[];
  /** What MATCHED_VARS are after the last rule. */
  readonly matched: readonly MatchRecord[];
  /** Rules that are evaluated. */
  readonly evaluated: number;
}

/** Shorter runs are not worth looking for. */
const SHORTEST = 4;

/** The longest run of a phase. */
export function constantRunOf(rules: readonly CompiledRule[], phase: Phase): ConstantRun | undefined {
  let longest: ConstantRun | undefined;
  for (let from = 0; from < rules.length; from++) {
    if (rules[from]!.kind === "marker") continue;
    const run = runFrom(rules, from, phase);
    if (run.matches.length > (longest?.matches.length ?? SHORTEST - 1)) longest = run;
    from = Math.max(from, run.to - 1);
  }
  return longest;
}

function runFrom(rules: readonly CompiledRule[], from: number, phase: Phase): ConstantRun {
  const variables = new KnownVariables();
  const matches: ConstantMatch[] = [];
  let matched: readonly MatchRecord[] = [];
  let evaluated = 0;
  let to = from;
  for (; to < rules.length; to++) {
    const rule = rules[to]!;
    if (rule.kind === "marker") continue;
    const outcome = rule.phase === phase ? evaluate(rule, variables) : undefined;
    if (outcome === undefined) break;
    evaluated++;
    matched = outcome === "no match" ? [] : outcome.matches;
    if (outcome !== "no match") matches.push(outcome);
  }
  return { from, to, unset: [...variables.unset], values: [...variables.values], matches, matched, evaluated };
}

/** TX variables as far as a run has come. */
class KnownVariables {
  readonly values: Map<number, ByteString> = new Map();
  /** Those that are taken to have had no value. */
  readonly unset: Set<number> = new Set();

  read(tx: number): ByteString | undefined {
    const value = this.values.get(tx);
    if (value === undefined) this.unset.add(tx);
    return value;
  }

  /** Gives the value before. */
  write(tx: number, value: ByteString): ByteString | undefined {
    const before = this.read(tx);
    this.values.set(tx, value);
    return before;
  }
}

/** Undefined when the rule does, or depends on, more than variables. */
function evaluate(rule: CompiledRule, variables: KnownVariables): ConstantMatch | "no match" | undefined {
  if (rule.next !== undefined || rule.capture || rule.multiMatch || rule.mayWait) return undefined;
  let record: MatchRecord;
  if (rule.kind === "action") record = new MatchRecord(rule, undefined, undefined, "");
  else {
    const target = rule.targets[0];
    const test = rule.cheapTest === undefined ? undefined : rule.operator!.matcher.ofText;
    if (target === undefined || test === undefined) return undefined;
    const value = valueOf(target, variables);
    if (value === undefined || test(value) === rule.operator!.negated) return "no match";
    record = new MatchRecord(rule, target, new Entry(target.selector!.text, value), value);
  }
  const scores = change(rule, variables);
  return scores === undefined ? undefined : { rule, matches: [record], scores };
}

function valueOf({ tx, count }: CompiledTarget, variables: KnownVariables): ByteString | undefined {
  const value = variables.read(tx);
  if (count) return value === undefined ? "0" : "1";
  return value;
}

/** What the actions of a rule that matches change; undefined when a match has other effects. */
function change(rule: CompiledRule, variables: KnownVariables): ScoreChange[] | undefined {
  if (rule.disruptive !== undefined && rule.disruptive.kind !== "pass") return undefined;
  // `pass` does nothing, but has its place among the flow actions.
  const isFlowing = rule.finalActions.length > (rule.disruptive === undefined ? 0 : 1);
  if (isFlowing || rule.log) return undefined;
  const texts = [rule.message, rule.logData].some((text) => text !== undefined);
  if (texts || rule.tagMacros !== undefined || rule.metadata.severity !== undefined) return undefined;
  const scores: ScoreChange[] = [];
  for (const { assigns } of rule.actions) {
    if (assigns === undefined || assigns.tx < captureNames.length) return undefined;
    const after = assigns.value.expandWith((tx) => variables.read(tx));
    // A sign asks for a sum.
    if (after === undefined || after.startsWith("+") || after.startsWith("-")) return undefined;
    scores.push({ name: assigns.name, before: variables.write(assigns.tx, after), after });
  }
  return scores;
}
