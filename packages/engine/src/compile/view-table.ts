import type { Gate, Prefilter } from "@cuirass/regex";
import { SkippingFinder } from "@cuirass/regex";
import type { Entered } from "./entered.ts";
import type { Pipeline } from "./ruleset.ts";
import type { StepScanner, StepScanners } from "./step-scanners.ts";
import type { TableParts } from "./table-parts.ts";

/** A pipeline of rules that look at a view, or a beginning of one. The first stage is the value itself. */
interface Stage {
  readonly pipeline: Pipeline;
  /** Stages one step further. */
  readonly next: number[];
  /** Some rule judges what comes of the value here. */
  judged: boolean;
}

/** Stages at which one text stands: pipelines that came to the same. */
export interface Place {
  readonly stages: readonly number[];
  /** Some rule judges the text here. */
  readonly judged: boolean;
  /** Bits of the transformations that may follow. */
  readonly bits: number;
  /** By what the text reacts to. */
  readonly readings: Map<number, Reading>;
  /** For a text here; undefined until somebody asks. */
  scanner: StepScanner | undefined;
  without: GroupScanner | undefined;
}

/** What is to be done with a text at a place, by what it reacts to. */
export interface Reading {
  /** By stage: 1 where the text is still the same, since no step on the way changes it. */
  readonly reaches: Uint8Array;
  /** Steps that may change it, each once, and where what comes of it stands. */
  readonly steps: readonly { readonly pipeline: Pipeline; readonly place: Place }[];
}

/** Tells which groups have a literal in a text. */
interface GroupScanner {
  scan(text: string): { readonly groups: readonly number[] };
}

/** Numbers of a trigger: position of the rule, stage it sees, next trigger of the same group. */
const WIDTH = 3;
/** Tables with more triggers than this find them by group. */
const FEW = 8;
/** Bytes of literals that are looked for one by one. */
const SPARSE = 64;
/** Bytes of literals that a scanner of its own is made for, where values stand and after a step: 128 bytes of table each. */
const START_SIZE = 4000;
const STEP_SIZE = 1000;
/** Readings kept; traffic may come up with any number of them. */
const READINGS = 512;

/**
 * The rules of a phase that look at one view, by the group that is most telling of each: finding the candidates of a value
 * costs as much as it has literals, however many rules there are.
 *
 * Perf: a value that reacts to transformations is followed by places, not by pipelines: some 50 texts are asked about for a
 * page request, where there are 300 pairs of value and pipeline (bench, level 1, unique values).
 */
export class ViewTable {
  readonly #stages: Stage[] = [];
  /** What a value must have to match a rule, by position in the phase. */
  readonly #gates: readonly Gate[];
  readonly #groupCount: number;
  readonly #letters: number;
  /** By group the first trigger; made once there are more than a few. */
  #first: Int16Array | undefined = undefined;
  readonly #triggers: number[] = [];
  #start: Place | undefined = undefined;
  readonly #places = new Map<string, Place>();
  #readings = 0;
  readonly #parts: TableParts;
  readonly #entered: Entered;
  /** 0 unless it was taken. */
  bit = 0;
  readonly #family: StepScanners;

  /** `letters` are the bits of transformations that react to letters; `variable` is the view's. */
  constructor(
    gates: readonly Gate[],
    groupCount: number,
    letters: number,
    parts: TableParts,
    entered: Entered,
    variable: number,
  ) {
    this.#parts = parts;
    this.#entered = entered;
    this.#family = parts.scannersOf(variable);
    this.#gates = gates;
    this.#groupCount = groupCount;
    this.#letters = letters;
  }

  /** Gives the table a bit of its own among those of one side, unless it came too late. */
  takeBit(): number {
    if (this.bit === 0) this.bit = this.#parts.takeBit();
    return this.bit;
  }

  get turn(): number {
    return this.#parts.turn;
  }

  /** True when a value that may match the rules at these positions, and no others, need not be looked at. */
  isQuiet(positions: readonly number[]): boolean {
    return positions.length === 0 || !this.#entered.reaches(positions);
  }

  /** A rule at this position judges values after this pipeline. */
  add(position: number, pipeline: Pipeline): void {
    const stage = this.#stageOf(pipeline);
    this.#stages[stage]!.judged = true;
    this.#triggers.push(position, stage, -1);
    const count = this.#triggers.length / WIDTH;
    if (this.#first !== undefined) this.#chain(count - 1);
    else if (count > FEW) {
      this.#first = new Int16Array(this.#groupCount).fill(-1);
      for (let trigger = 0; trigger < count; trigger++) this.#chain(trigger);
    }
  }

  #stageOf(pipeline: Pipeline): number {
    const known = this.#stages.findIndex((stage) => stage.pipeline === pipeline);
    if (known >= 0) return known;
    const parent = pipeline.parent === undefined ? undefined : this.#stageOf(pipeline.parent);
    const stage = this.#stages.push({ pipeline, next: [], judged: false }) - 1;
    if (parent !== undefined) this.#stages[parent]!.next.push(stage);
    return stage;
  }

  #chain(trigger: number): void {
    const group = this.#gates[this.#triggers[trigger * WIDTH]!]![0]!;
    this.#triggers[trigger * WIDTH + 2] = this.#first![group]!;
    this.#first![group] = trigger;
  }

  /** Where a value stands before any step. */
  get start(): Place {
    return (this.#start ??= this.#placeOf([0]));
  }

  #placeOf(stages: readonly number[]): Place {
    const key = stages.join();
    let place = this.#places.get(key);
    if (place === undefined) {
      place = {
        stages,
        judged: stages.some((stage) => this.#stages[stage]!.judged),
        bits: this.#bitsAfter(stages),
        readings: new Map(),
        scanner: undefined,
        without: undefined,
      };
      this.#places.set(key, place);
    }
    return place;
  }

  #bitsAfter(stages: readonly number[]): number {
    let bits = 0;
    for (const stage of stages) {
      const { next } = this.#stages[stage]!;
      bits |= this.#bitsAfter(next);
      for (const after of next) bits |= this.#stages[after]!.pipeline.bit;
    }
    return bits;
  }

  /** What is to be done with a text at a place. `reactions` are bits of transformations that may change it. */
  reading(place: Place, reactions: number): Reading {
    const relevant = reactions & place.bits;
    let reading = place.readings.get(relevant);
    if (reading === undefined) {
      reading = this.#read(place, relevant);
      if (this.#readings < READINGS) {
        this.#readings++;
        place.readings.set(relevant, reading);
      }
    }
    return reading;
  }

  #read(place: Place, reactions: number): Reading {
    const reaches = new Uint8Array(this.#stages.length);
    const changed = new Map<number, { readonly pipeline: Pipeline; readonly stages: number[] }>();
    const pending = [...place.stages];
    while (pending.length > 0) {
      const stage = pending.pop()!;
      reaches[stage] = 1;
      for (const next of this.#stages[stage]!.next) {
        const { pipeline } = this.#stages[next]!;
        if ((pipeline.bit & reactions) === 0 || this.#onlyFolds(next, reactions)) pending.push(next);
        else {
          // Past the limit of readings each stage is a place of its own: there are no more of those than stages.
          const text = this.#readings < READINGS ? pipeline.step : -1 - next;
          const known = changed.get(text);
          if (known === undefined) changed.set(text, { pipeline, stages: [next] });
          else known.stages.push(next);
        }
      }
    }
    const steps = [...changed.values()].map(({ pipeline, stages }) => {
      return { pipeline, place: this.#placeOf(stages.toSorted((a, b) => a - b)) };
    });
    return { reaches, steps };
  }

  /** Literals are looked for in any case, so nothing comes of a change of case that no later step reacts to. */
  #onlyFolds(stage: number, reactions: number): boolean {
    return this.#stages[stage]!.pipeline.foldsCase && ((reactions | this.#letters) & this.#bitsAfter([stage])) === 0;
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

  /**
   * A scanner for the literals of the rules that judge a text at a place, and few others. It is asked about texts of one
   * transaction and what steps make of them, which are judged by few rules.
   * Perf: with changes of case that are passed over, a page request with new cookies takes 137 µs instead of 174 in phase 2
   * (bench, unique values).
   */
  scannerAt(place: Place): Prefilter {
    if (place.scanner === undefined) {
      const { step } = this.#stages[place.stages[0]!]!.pipeline;
      const most = place === this.#start ? START_SIZE : STEP_SIZE;
      place.scanner = this.#family.scannerOf(step, this.#gatesAt(place), most);
    }
    return place.scanner.prefilter;
  }

  /** The same for a text before a step that removes bytes. */
  scannerWithout(place: Place, prefilter: Prefilter, removed: Uint8Array): GroupScanner {
    if (place.without === undefined) {
      const gates = this.#gatesAt(place);
      const isSparse = prefilter.sizeOf(gates) <= SPARSE;
      place.without = isSparse ? new SkippingFinder(prefilter.groups, gates, removed) : prefilter.only(gates, removed);
    }
    return place.without;
  }

  /** Of all rules that may see a text at a place. */
  #gatesAt(place: Place): Gate[] {
    const { reaches } = this.reading(place, 0);
    const gates: Gate[] = [];
    for (let at = 0; at < this.#triggers.length; at += WIDTH) {
      if (reaches[this.#triggers[at + 1]!] === 1) gates.push(this.#gates[this.#triggers[at]!]!);
    }
    return gates;
  }
}
