import type { Gate } from "@cuirass/regex";
import type { PhasePlan } from "../compile/phase-plan.ts";
import type { Entry } from "../variables/collections.ts";
import type { Transaction } from "../transaction.ts";
import type { Haystack } from "./haystack.ts";

/**
 * Which rules of the running phase can match at all: those for whose gate the values of their targets have literals.
 * Worked out per list of targets and pipeline when the first rule that has it comes up, so that all the other rules that
 * share it are passed over by a test of a few bits.
 *
 * Invariant: false only when no value of the rule's targets, transformed, can match. Values are taken without the rule's
 * exclusions, untransformed as well as transformed, and a gate's literals may come from different values, so true promises
 * nothing.
 */
export class Candidates {
  readonly #tx: Transaction;
  readonly #plan: PhasePlan;
  /** Groups of the prefilter, a bit each, by list of targets and by source. */
  readonly #lists: Int32Array;
  readonly #sources: Int32Array;
  readonly #listDone: Uint8Array;
  readonly #sourceDone: Uint8Array;
  readonly #views: (Values | undefined)[];

  constructor(tx: Transaction, plan: PhasePlan) {
    this.#tx = tx;
    this.#plan = plan;
    this.#lists = new Int32Array(plan.lists.length * plan.words);
    this.#sources = new Int32Array(plan.sources.length * plan.words);
    this.#listDone = new Uint8Array(plan.lists.length);
    this.#sourceDone = new Uint8Array(plan.sources.length);
    this.#views = new Array<Values | undefined>(plan.views.length).fill(undefined);
  }

  /** `list` is that of the rule in the phase's plan. */
  mayMatch(list: number, gate: Gate): boolean {
    if (this.#listDone[list] === 0) this.#unite(list);
    const from = list * this.#plan.words;
    for (let at = 0; at < gate.length; at++) {
      const group = gate[at]!;
      if ((this.#lists[from + (group >> 5)]! & (1 << (group & 31))) === 0) return false;
    }
    return true;
  }

  #unite(list: number): void {
    this.#listDone[list] = 1;
    const { words, lists } = this.#plan;
    const to = list * words;
    for (const source of lists[list]!) {
      if (this.#sourceDone[source] === 0) this.#examine(source);
      const from = source * words;
      for (let word = 0; word < words; word++) this.#lists[to + word]! |= this.#sources[from + word]!;
    }
  }

  #examine(index: number): void {
    this.#sourceDone[index] = 1;
    const { words, sources } = this.#plan;
    const { view, pipeline } = sources[index]!;
    const { haystacks } = this.#tx;
    const to = index * words;
    const { values, groups, reactions } = (this.#views[view] ??= this.#look(view));
    for (let word = 0; word < words; word++) this.#sources[to + word] = groups[word]!;
    if ((reactions & pipeline.bits) === 0) return;
    for (let at = 0; at < values.length; at++) {
      const value = values[at]!;
      if ((value.reactions & pipeline.bits) === 0) continue;
      const result = haystacks.transform(pipeline, value);
      if (result !== value) setBits(this.#sources, to, haystacks.groupsOf(result));
    }
  }

  #look(view: number): Values {
    const { of, selector } = this.#plan.views[view]!;
    const entries: Entry[] = [];
    of(this.#tx.variables).select(selector, entries);
    const values = new Array<Haystack>(entries.length);
    const groups = new Int32Array(this.#plan.words);
    let reactions = 0;
    for (let at = 0; at < entries.length; at++) {
      const haystack = this.#tx.haystacks.of(entries[at]!.value);
      // Scanned first, so that it is known which transformations need not be called.
      setBits(groups, 0, this.#tx.haystacks.groupsOf(haystack));
      reactions |= haystack.reactions;
      values[at] = haystack;
    }
    return { values, groups, reactions };
  }
}

/** Values of a variable, with the union of what the prefilter tells of them. */
interface Values {
  readonly values: readonly Haystack[];
  /** Groups of the prefilter, a bit each. */
  readonly groups: Int32Array;
  readonly reactions: number;
}

function setBits(words: Int32Array, from: number, groups: readonly number[]): void {
  for (let at = 0; at < groups.length; at++) words[from + (groups[at]! >> 5)]! |= 1 << (groups[at]! & 31);
}
