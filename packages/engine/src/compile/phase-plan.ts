import type { CompiledRule, CompiledTarget, Pipeline } from "./ruleset.ts";
import type { Phase } from "../phase.ts";
import { findOperator } from "../operators/index.ts";
import { variableTable } from "../variables/variable-table.ts";

/** The rules of a phase, and how those that cannot match are found without being evaluated. */
export interface PhasePlan {
  readonly rules: readonly CompiledRule[];
  /** By position of the rule: its list of sources; -1 for a rule that is always evaluated. */
  readonly listOf: Int32Array;
  /** Sources whose values a rule looks at; rules with the same ones share a list. */
  readonly lists: readonly (readonly number[])[];
  readonly sources: readonly Source[];
  readonly views: readonly View[];
  /** Words of 32 bits that a bit for every group of the prefilter takes. */
  readonly words: number;
}

/** The values of a variable, or those that a selector picks. */
export type View = Pick<CompiledTarget, "of" | "selector">;

/** Values and what is made of them before an operator sees them. */
export interface Source {
  readonly view: number;
  readonly pipeline: Pipeline;
}

/** Variables that actions and operators change while a phase runs. */
const changing: ReadonlySet<string> = new Set([
  "TX",
  "RULE",
  "ENV",
  "GEO",
  "MATCHED_VAR",
  "MATCHED_VARS",
  "MATCHED_VAR_NAME",
  "MATCHED_VARS_NAMES",
  "HIGHEST_SEVERITY",
  "SESSIONID",
  "USERID",
  "DURATION",
]);

/** Lays out the rules of one phase. `groupCount` is that of the rule set's prefilter. */
export function planPhase(rules: readonly CompiledRule[], phase: Phase, groupCount: number): PhasePlan {
  const planner = new Planner(rules.some(fillsVariables));
  const listOf = Int32Array.from(rules, (rule) => (rule.phase === phase ? planner.listOf(rule) : -1));
  const { lists, sources, views } = planner;
  return { rules, listOf, lists, sources, views, words: (groupCount + 31) >>> 5 };
}

/** Operators that come from plug-ins, and `@restpath`, may add values of variables that later rules look at. */
function fillsVariables(starter: CompiledRule): boolean {
  for (let rule: CompiledRule | undefined = starter; rule !== undefined; rule = rule.next) {
    const name = rule.operator?.name;
    if (name !== undefined && (name === "restpath" || findOperator(name) === undefined)) return true;
  }
  return false;
}

class Planner {
  readonly lists: (readonly number[])[] = [];
  readonly sources: Source[] = [];
  readonly views: View[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #everythingChanges: boolean;

  constructor(everythingChanges: boolean) {
    this.#everythingChanges = everythingChanges;
  }

  listOf(rule: CompiledRule): number {
    const { operator } = rule;
    if (this.#everythingChanges || operator === undefined || operator.negated || operator.gate.length === 0) return -1;
    if (!rule.targets.every(isSteady)) return -1;
    const pipelines = rule.multiMatch ? withParents(rule.pipeline) : [rule.gatePipeline];
    const sources = rule.targets.flatMap((target) => pipelines.map((pipeline) => this.#source(target, pipeline)));
    const list = [...new Set(sources)].toSorted((a, b) => a - b);
    return this.#number(`list ${list.join()}`, this.lists, () => list);
  }

  #source(target: CompiledTarget, pipeline: Pipeline): number {
    const { variable, selector, of } = target;
    const name = selector === undefined ? "" : `${selector.kind} ${selector.text}`;
    const view = this.#number(`view ${variable} ${name}`, this.views, () => ({ of, selector }));
    return this.#number(`source ${view} ${pipeline.id}`, this.sources, () => ({ view, pipeline }));
  }

  #number<T>(key: string, list: T[], make: () => T): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = list.push(make()) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}

/** Multi-match tests the value before the first step and after each one. */
function withParents(pipeline: Pipeline): readonly Pipeline[] {
  return pipeline.parent === undefined ? [pipeline] : [...withParents(pipeline.parent), pipeline];
}

/** The target's values stay the same while a phase runs. */
function isSteady({ variable, count }: CompiledTarget): boolean {
  const { name, kind } = variableTable[variable]!;
  return !count && kind !== "persistent" && !changing.has(name) && !name.startsWith("TIME");
}
