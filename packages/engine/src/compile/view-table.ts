import type { Gate, Prefilter } from "@cuirass/regex";
import type { Pipeline } from "./ruleset.ts";

/** A pipeline of rules that look at a view, or a beginning of one. Parents come before their children. */
export interface Stage {
  readonly pipeline: Pipeline;
  /** Index of the stage before the last step; the first stage is the value itself. */
  readonly parent: number;
  /** Some rule judges what comes of the value here. */
  judged: boolean;
  /** Further steps follow. */
  goesOn: boolean;
}

/** Numbers of a trigger: position of the rule, stage it sees, next trigger of the same group. */
const WIDTH = 3;
/** Tables with more triggers than this find them by group. */
const FEW = 8;

/**
 * The rules of a phase that look at one view, by the group that is most telling of each: finding the candidates of a value
 * costs as much as it has literals, however many rules there are.
 */
export class ViewTable {
  readonly stages: Stage[] = [];
  /** Bits of the transformations of all stages. */
  bits = 0;
  /** What a value must have to match a rule, by position in the phase. */
  readonly #gates: readonly Gate[];
  readonly #groupCount: number;
  /** By group the first trigger; made once there are more than a few. */
  #first: Int16Array | undefined = undefined;
  readonly #triggers: number[] = [];
  /** By stage: scanners that read long values without the bytes its only step removes. */
  readonly #without: (Prefilter | undefined)[] = [];

  constructor(gates: readonly Gate[], groupCount: number) {
    this.#gates = gates;
    this.#groupCount = groupCount;
  }

  /** A rule at this position judges values after this pipeline. */
  add(position: number, pipeline: Pipeline): void {
    const stage = this.#stageOf(pipeline);
    this.stages[stage]!.judged = true;
    this.#triggers.push(position, stage, -1);
    const count = this.#triggers.length / WIDTH;
    if (this.#first !== undefined) this.#chain(count - 1);
    else if (count > FEW) {
      this.#first = new Int16Array(this.#groupCount).fill(-1);
      for (let trigger = 0; trigger < count; trigger++) this.#chain(trigger);
    }
  }

  #stageOf(pipeline: Pipeline): number {
    const known = this.stages.findIndex((stage) => stage.pipeline === pipeline);
    if (known >= 0) return known;
    const parent = pipeline.parent === undefined ? 0 : this.#stageOf(pipeline.parent);
    if (pipeline.parent !== undefined) this.stages[parent]!.goesOn = true;
    this.bits |= pipeline.bits;
    return this.stages.push({ pipeline, parent, judged: false, goesOn: false }) - 1;
  }

  #chain(trigger: number): void {
    const group = this.#gates[this.#triggers[trigger * WIDTH]!]![0]!;
    this.#triggers[trigger * WIDTH + 2] = this.#first![group]!;
    this.#first![group] = trigger;
  }

  /**
   * Appends the positions of the rules that a text with literals of these groups may match: of those that see the text at a
   * stage, which `results`, by stage, tell; of all when there are no results because the value reacts to nothing.
   */
  collect<T>(groups: readonly number[], results: readonly T[] | undefined, text: T, found: number[]): void {
    const triggers = this.#triggers;
    const first = this.#first;
    if (first === undefined) {
      for (let at = 0; at < triggers.length; at += WIDTH) {
        if (results === undefined || results[triggers[at + 1]!] === text) this.#test(triggers[at]!, groups, 0, found);
      }
      return;
    }
    for (let index = 0; index < groups.length; index++) {
      for (let trigger = first[groups[index]!]!; trigger >= 0; trigger = triggers[trigger * WIDTH + 2]!) {
        const at = trigger * WIDTH;
        if (results === undefined || results[triggers[at + 1]!] === text) this.#test(triggers[at]!, groups, 1, found);
      }
    }
  }

  /** Appends the rule when the text has the groups of its gate, of which those before `known` are there. */
  #test(position: number, groups: readonly number[], known: number, found: number[]): void {
    const gate = this.#gates[position]!;
    for (let index = known; index < gate.length; index++) if (!groups.includes(gate[index]!)) return;
    found.push(position);
  }

  /** Reads a value as it is after the stage's only step, which removes bytes, for the literals of the stage's rules. */
  scannerWithout(stage: number, prefilter: Prefilter, removed: Uint8Array): Prefilter {
    return (this.#without[stage] ??= prefilter.without(removed, this.#gatesAt(stage)));
  }

  #gatesAt(stage: number): Gate[] {
    const gates: Gate[] = [];
    for (let at = 0; at < this.#triggers.length; at += WIDTH) {
      if (this.#triggers[at + 1] === stage) gates.push(this.#gates[this.#triggers[at]!]!);
    }
    return gates;
  }
}
