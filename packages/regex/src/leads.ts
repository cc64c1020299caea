import type { Nfa } from "./nfa.ts";
import { Op } from "./nfa.ts";

const known = new WeakMap<Nfa, Leads>();

/** The leads of an NFA, worked out once for the matchers that it has. */
export function leadsOf(nfa: Nfa): Leads {
  let leads = known.get(nfa);
  if (leads === undefined) known.set(nfa, (leads = new Leads(nfa)));
  return leads;
}

/**
 * What the next byte may be at each instruction of an NFA, so that ways which cannot go on are not entered. Columns are
 * byte classes, and one for the end of the text.
 * Perf: with alternatives as a balanced tree, a place of a text is compared with a few of hundreds of words: 64 KB of noise
 * at level 4 in 75 ms, 120 without either (bench, worst cases).
 */
export class Leads {
  /** Words of bits for each instruction. */
  readonly width: number;
  readonly bits: Uint32Array;
  /** Column of the end of the text. */
  readonly end: number;

  constructor(nfa: Nfa) {
    this.end = nfa.classCount;
    this.width = (nfa.classCount + 32) >> 5;
    this.bits = new Uint32Array(nfa.op.length * this.width);
    // Instructions are mostly made before those that lead to them: only loops take another round.
    for (let changed = true; changed;) {
      changed = false;
      for (let pc = 0; pc < nfa.op.length; pc++) if (this.#update(nfa, pc)) changed = true;
    }
  }

  #update({ op, arg, next, sets, representatives }: Nfa, pc: number): boolean {
    const kind = op[pc]!;
    if (kind === Op.Match) return this.#fill(pc);
    if (kind !== Op.Set) {
      const changed = this.#include(pc, next[pc]!);
      return kind === Op.Split ? this.#include(pc, arg[pc]!) || changed : changed;
    }
    let changed = false;
    for (let column = 0; column < this.end; column++) {
      if (sets[arg[pc]!]!.has(representatives[column]!))
        changed = this.#add(pc, column >> 5, 1 << (column & 31)) || changed;
    }
    return changed;
  }

  #fill(pc: number): boolean {
    let changed = false;
    for (let word = 0; word < this.width; word++) changed = this.#add(pc, word, -1) || changed;
    return changed;
  }

  #include(pc: number, other: number): boolean {
    let changed = false;
    for (let word = 0; word < this.width; word++) {
      changed = this.#add(pc, word, this.bits[other * this.width + word]!) || changed;
    }
    return changed;
  }

  #add(pc: number, word: number, bits: number): boolean {
    const at = pc * this.width + word;
    const before = this.bits[at]!;
    this.bits[at] = before | bits;
    return this.bits[at] !== before;
  }

  /** True when a way that comes to the instruction before a byte of this column may go on, or match there. */
  has(pc: number, column: number): boolean {
    return ((this.bits[pc * this.width + (column >> 5)]! >>> (column & 31)) & 1) === 1;
  }
}
