import type { Gate } from "@cuirass/regex";
import type { CompiledRule, CompiledTarget, Pipeline } from "./ruleset.ts";
import type { Phase } from "../phase.ts";
import { findOperator } from "../operators/index.ts";
import { TriggerTable } from "./triggers.ts";

/** The rules of a phase, and how those that cannot match are found without being looked at. */
export interface PhasePlan {
  readonly rules: readonly CompiledRule[];
  /** By position: 1 for a rule that is evaluated whatever the values are, 0 for one that waits to be triggered, and for markers. */
  readonly always: Uint8Array;
  /** Parts of the phase that are entered one by one, by position. */
  readonly segments: readonly Segment[];
  /** Positions of the markers of each label, ascending. */
  readonly markers: ReadonlyMap<string, readonly number[]>;
  /** No rule of the phase changes a value that another one looks at. */
  readonly steady: boolean;
  readonly sourceCount: number;
}

/** Rules between two places to which, or from which, a rule may skip: what only skipped rules need is never worked out. */
export interface Segment {
  /** Position after the last rule. */
  readonly end: number;
  /** Rules that wait to be triggered. */
  readonly waiting: number;
  readonly needs: readonly Need[];
}

/** Values that rules of a segment wait to be triggered by. */
export interface Need {
  /** Number of the view. */
  readonly view: number;
  /** Triggers of values that do not react to the rules' transformations. */
  readonly plain: TriggerTable;
  readonly sources: readonly Source[];
}

/** Values of a view that react to a pipeline, and the rules that see what it makes of them. */
export interface Source {
  readonly index: number;
  readonly pipeline: Pipeline;
  readonly table: TriggerTable;
}

/** Lays out the rules of one phase. `groupCount` is that of the prefilter. */
export function planPhase(rules: readonly CompiledRule[], phase: Phase, groupCount: number): PhasePlan {
  const steady = !rules.some(fillsVariables);
  const gates = rules.map((rule) => rule.operator?.gate ?? noGate);
  const planner = new Planner(phase, gates, groupCount);
  const always = Uint8Array.from(rules, (rule, position) => {
    if (rule.kind === "marker" || rule.phase !== phase) return 0;
    return steady && planner.triggers(rule, position) ? 0 : 1;
  });
  const segments = steady ? planner.segments(rules) : [{ end: rules.length, waiting: 0, needs: [] }];
  return { rules, always, segments, markers: markersOf(rules), steady, sourceCount: planner.sourceCount };
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

class Planner {
  sourceCount = 0;
  readonly #phase: Phase;
  readonly #gates: readonly Gate[];
  readonly #groupCount: number;
  readonly #views = new Map<number, { readonly plain: TriggerTable; readonly sources: Map<Pipeline, Source> }>();

  constructor(phase: Phase, gates: readonly Gate[], groupCount: number) {
    this.#phase = phase;
    this.#gates = gates;
    this.#groupCount = groupCount;
  }

  /** Makes the values of a rule's targets trigger it; false when it has to be evaluated whatever they are. */
  triggers(rule: CompiledRule, position: number): boolean {
    if (!isTriggered(rule)) return false;
    const pipelines = pipelinesOf(rule);
    for (const view of new Set(rule.targets.map((target) => target.view))) {
      for (const pipeline of pipelines) {
        this.#plain(view).add(position, pipeline.bits);
        if (pipeline.bits !== 0) this.#source(view, pipeline).table.add(position, 0);
      }
    }
    return true;
  }

  segments(rules: readonly CompiledRule[]): Segment[] {
    const segments: Segment[] = [];
    let from = 0;
    rules.forEach((rule, position) => {
      if (rule.kind !== "marker" && rule.skipAfter === undefined && position + 1 < rules.length) return;
      const own = rules.slice(from, position + 1);
      segments.push({ end: position + 1, waiting: own.filter(isTriggered).length, needs: this.#needs(own) });
      from = position + 1;
    });
    return segments;
  }

  #needs(rules: readonly CompiledRule[]): Need[] {
    const needs = new Map<number, Set<Source>>();
    for (const rule of rules) {
      if (!isTriggered(rule)) continue;
      for (const { view } of rule.targets) {
        const sources = needs.get(view) ?? new Set();
        needs.set(view, sources);
        for (const pipeline of pipelinesOf(rule)) if (pipeline.bits !== 0) sources.add(this.#source(view, pipeline));
      }
    }
    return [...needs].map(([view, sources]) => ({ view, plain: this.#plain(view), sources: [...sources] }));
  }

  #plain(view: number): TriggerTable {
    return this.#view(view).plain;
  }

  #view(view: number): { readonly plain: TriggerTable; readonly sources: Map<Pipeline, Source> } {
    let known = this.#views.get(view);
    if (known === undefined) {
      known = { plain: new TriggerTable(this.#phase, this.#gates, this.#groupCount), sources: new Map() };
      this.#views.set(view, known);
    }
    return known;
  }

  #source(view: number, pipeline: Pipeline): Source {
    const { sources } = this.#view(view);
    let source = sources.get(pipeline);
    if (source === undefined) {
      source = {
        index: this.sourceCount++,
        pipeline,
        table: new TriggerTable(this.#phase, this.#gates, this.#groupCount),
      };
      sources.set(pipeline, source);
    }
    return source;
  }
}

function isTriggered({ operator, targets }: CompiledRule): boolean {
  return operator !== undefined && !operator.negated && operator.gate.length > 0 && targets.every(isSteady);
}

function isSteady({ view, count }: CompiledTarget): boolean {
  return view >= 0 && !count;
}

/** Multi-match tests the value before the first step and after each one. */
function pipelinesOf(rule: CompiledRule): readonly Pipeline[] {
  return rule.multiMatch ? withParents(rule.pipeline) : [rule.gatePipeline];
}

function withParents(pipeline: Pipeline): readonly Pipeline[] {
  return pipeline.parent === undefined ? [pipeline] : [...withParents(pipeline.parent), pipeline];
}
