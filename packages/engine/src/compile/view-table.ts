import type { Gate, Prefilter } from "@cuirass/regex";
import type { Pipeline } from "./ruleset.ts";

/** A pipeline of rules that look at a view, or a beginning of one. The first stage is the value itself. */
export interface Stage {
  readonly pipeline: Pipeline;
  /** Stages one step further. */
  readonly next: number[];
  /** Some rule judges what comes of the value here. */
  judged: boolean;
}

/** What is to be done with a text that reached a stage, by what it reacts to. */
export interface Reading {
  /** By stage: 1 where the text is still the same, since no step on the way changes it. */
  readonly reaches: Uint8Array;
  /** Stages whose step may change it. */
  readonly steps: readonly number[];
}

/** Numbers of a trigger: position of the rule, stage it sees, next trigger of the same group. */
const WIDTH = 3;
/** Tables with more triggers than this find them by group. */
const FEW = 8;
/** Readings kept; traffic may come up with any number of them. */
const READINGS = 512;

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
  readonly #readings = new Map<number, Reading>();
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
    this.bits |= pipeline.bits;
    if (pipeline.parent === undefined) return this.stages.push({ pipeline, next: [], judged: false }) - 1;
    const parent = this.#stageOf(pipeline.parent);
    const stage = this.stages.push({ pipeline, next: [], judged: false }) - 1;
    this.stages[parent]!.next.push(stage);
    return stage;
  }

  #chain(trigger: number): void {
    const group = this.#gates[this.#triggers[trigger * WIDTH]!]![0]!;
    this.#triggers[trigger * WIDTH + 2] = this.#first![group]!;
    this.#first![group] = trigger;
  }

  /** What is to be done with a text at a stage. `reactions` are bits of transformations that may change it. */
  reading(stage: number, reactions: number): Reading {
    const relevant = reactions & this.bits;
    // Bits fill an integer, so stages are told apart by what is beyond it.
    const key = stage * 0x1_0000_0000 + (relevant >>> 0);
    let reading = this.#readings.get(key);
    if (reading === undefined) {
      reading = this.#read(stage, relevant);
      if (this.#readings.size < READINGS) this.#readings.set(key, reading);
    }
    return reading;
  }

  #read(from: number, reactions: number): Reading {
    const reaches = new Uint8Array(this.stages.length);
    const steps: number[] = [];
    const pending = [from];
    while (pending.length > 0) {
      const stage = pending.pop()!;
      reaches[stage] = 1;
      for (const next of this.stages[stage]!.next) {
        const changes = (this.stages[next]!.pipeline.bit & reactions) !== 0;
        (changes ? steps : pending).push(next);
      }
    }
    return { reaches, steps };
  }

  /** Appends the positions of the rules that a text with literals of these groups may match at the stages it reaches. */
  collect(groups: readonly number[], reaches: Uint8Array, found: number[]): void {
    const triggers = this.#triggers;
    const first = this.#first;
    if (first === undefined) {
      for (let at = 0; at < triggers.length; at += WIDTH) {
        if (reaches[triggers[at + 1]!] === 1) this.#test(triggers[at]!, groups, 0, found);
      }
      return;
    }
    for (let index = 0; index < groups.length; index++) {
      for (let trigger = first[groups[index]!]!; trigger >= 0; trigger = triggers[trigger * WIDTH + 2]!) {
        const at = trigger * WIDTH;
        if (reaches[triggers[at + 1]!] === 1) this.#test(triggers[at]!, groups, 1, found);
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
