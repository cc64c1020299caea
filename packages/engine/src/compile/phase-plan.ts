import type { Gate, Prefilter } from "@cuirass/regex";
import type { CompiledRule, CompiledTarget } from "./ruleset.ts";
import type { Phase } from "../phase.ts";
import { findOperator } from "../operators/index.ts";
import type { ConstantRun } from "./constant-run.ts";
import { constantRunOf } from "./constant-run.ts";
import type { SettledMatch } from "./settled-match.ts";
import { settledMatch } from "./settled-match.ts";
import type { TableParts } from "./table-parts.ts";
import { Entered } from "./entered.ts";
import { ViewTable } from "./view-table.ts";
import type { View } from "./views.ts";

/** The rules of a phase, and how those that cannot match are found without being looked at. */
export interface PhasePlan {
  readonly rules: readonly CompiledRule[];
  /** By position: 1 for a rule that is evaluated whatever the values are, 0 for one that waits to be triggered, and for markers. */
  readonly always: Uint8Array;
  /** Parts of the phase that are entered one by one, by position, and where each ends. */
  readonly segments: readonly Segment[];
  readonly ends: Int32Array;
  readonly entered: Entered;
  /** Those of its side. */
  readonly parts: TableParts;
  /** By view: the rules that wait to be triggered by its values. */
  readonly tables: readonly (ViewTable | undefined)[];
  /** By view: the bit of its table, 0 when it has none; and the view without its exclusions. */
  readonly bits: Int32Array;
  readonly bases: Int32Array;
  /** Positions of the markers of each label, ascending. */
  readonly markers: ReadonlyMap<string, readonly number[]>;
  /** By position of a rule with skipAfter: where evaluation goes on after it. */
  readonly resume: Int32Array;
  /** By position: the match records of rules whose match has no effect but to go on elsewhere. */
  readonly settled: readonly (SettledMatch | undefined)[];
  /** Rules whose effects are known beforehand. */
  readonly constant: ConstantRun | undefined;
  /** No rule of the phase changes a value that another one looks at. */
  readonly steady: boolean;
}

/** Rules between two places to which, or from which, a rule may skip: what only skipped rules need is never worked out. */
export interface Segment {
  /** Position after the last rule. */
  readonly end: number;
  /** Rules that wait to be triggered. */
  readonly waiting: number;
  /** Views whose values they wait for. */
  readonly views: readonly number[];
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Lays out the rules of one phase. The prefilter and the parts are those of its side. */
export function planPhase(
  rules: readonly CompiledRule[],
  phase: Phase,
  prefilter: Prefilter,
  parts: TableParts,
  views: readonly View[],
): PhasePlan {
  const letters = prefilter.scan(LETTERS).flags;
  const steady = !rules.some(fillsVariables);
  const segments = steady ? segmentsOf(rules) : [{ end: rules.length, waiting: 0, views: [] }];
  const ends = Int32Array.from(segments, ({ end }) => end);
  const entered = new Entered(ends, parts);
  const gates = rules.map((rule) => rule.operator?.gate ?? noGate);
  const tables: (ViewTable | undefined)[] = [];
  const always = Uint8Array.from(rules, (rule, position) => {
    if (rule.kind === "marker" || rule.phase !== phase) return 0;
    if (!steady || !isTriggered(rule)) return 1;
    for (const [view, variable] of viewsOf(rule)) {
      const table = (tables[view] ??= new ViewTable(gates, prefilter.groupCount, letters, parts, entered, variable));
      for (const pipeline of new Set(rule.gatePipelines)) table.add(position, pipeline);
    }
    return 0;
  });
  const markers = markersOf(rules);
  const resume = Int32Array.from(rules, ({ skipAfter }, position) => {
    if (skipAfter === undefined) return position + 1;
    return positionAfter(markers, skipAfter, position) ?? rules.length;
  });
  const settled = rules.map(settledMatch);
  const constant = constantRunOf(rules, phase);
  const bits = new Int32Array(views.length);
  const bases = Int32Array.from(views, ({ base }) => base);
  return {
    rules,
    always,
    segments,
    ends,
    entered,
    parts,
    tables,
    bits,
    bases,
    markers,
    resume,
    settled,
    constant,
    steady,
  };
}

/** The position behind the first marker of the label at or after `from`; undefined when there is none. */
export function positionAfter(markers: PhasePlan["markers"], label: string, from: number): number | undefined {
  const marker = markers.get(label)?.find((position) => position >= from);
  return marker === undefined ? undefined : marker + 1;
}

/** Operators that come from plug-ins, and `@restpath`, may add values of variables that later rules look at. */
function fillsVariables(starter: CompiledRule): boolean {
  for (let rule: CompiledRule | undefined = starter; rule !== undefined; rule = rule.next) {
    const name = rule.operator?.name;
    if (name !== undefined && (name === "restpath" || findOperator(name) === undefined)) return true;
  }
  return false;
}

function markersOf(rules: readonly CompiledRule[]): Map<string, number[]> {
  const markers = new Map<string, number[]>();
  rules.forEach((rule, position) => {
    if (rule.kind !== "marker") return;
    const known = markers.get(rule.metadata.marker);
    if (known === undefined) markers.set(rule.metadata.marker, [position]);
    else known.push(position);
  });
  return markers;
}

const noGate: Gate = [];

function segmentsOf(rules: readonly CompiledRule[]): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  rules.forEach((rule, position) => {
    if (rule.kind !== "marker" && rule.skipAfter === undefined && position + 1 < rules.length) return;
    const own = rules.slice(from, position + 1).filter(isTriggered);
    segments.push({
      end: position + 1,
      waiting: own.length,
      views: [...new Set(own.flatMap((rule) => [...viewsOf(rule).keys()]))],
    });
    from = position + 1;
  });
  return segments;
}

function isTriggered({ operator, targets }: CompiledRule): boolean {
  return operator !== undefined && !operator.negated && operator.gate.length > 0 && targets.every(isSteady);
}

function isSteady({ view, count }: CompiledTarget): boolean {
  return view >= 0 && !count;
}

/** The views of a rule, with their variables. */
function viewsOf({ targets }: CompiledRule): Map<number, number> {
  return new Map(targets.map(({ view, variable }) => [view, variable]));
}
