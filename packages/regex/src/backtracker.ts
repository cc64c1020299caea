import type { Nfa } from "./nfa.ts";
import { firstBytes } from "./first-bytes.ts";
import { Op } from "./nfa.ts";
import { holds } from "./surroundings.ts";

/** Pairs of instruction and place that are remembered at most: half a megabyte of bits, and up to 32 MB of what is pending. */
const PAIR_LIMIT = 1 << 22;
/** Numbers that may stay pending before their place is given back afterwards. */
const PENDING = 1 << 16;

/** A bit for each pair that was tried: one table for all patterns, since each search begins with an empty one. */
let tried = new Uint32Array(1024);
/** What is still to be tried: pairs of instruction and place; `~slot` with a value puts a submatch back. */
let pending = new Int32Array(PENDING);

/**
 * Finds what an NFA matches first, with submatches, by trying one way after the other, preferred ones first (leftmost-first,
 * as Perl and RE2 choose).
 *
 * Invariant: no pair of instruction and place is tried twice, whatever start or way leads there, because it would fail again.
 * So cost is linear in the haystack, as that of PikeMatcher.
 * Perf: a fifth of the time of following all ways at once (bench, attacks); for haystacks that `fits` allows.
 */
export class Backtracker {
  readonly #nfa: Nfa;
  readonly #slots: number;
  /** Eight words of bits for each set. */
  readonly #sets: Uint32Array;
  readonly #firstBytes: Uint8Array | "any";

  constructor(nfa: Nfa, groupCount: number) {
    this.#nfa = nfa;
    this.#slots = 2 * (groupCount + 1);
    this.#firstBytes = firstBytes(nfa);
    this.#sets = new Uint32Array(nfa.sets.length * 8);
    nfa.sets.forEach((set, index) => this.#sets.set(set.words, index * 8));
  }

  /** True when the haystack is short enough for this matcher. */
  fits(haystack: string): boolean {
    return this.#nfa.op.length * (haystack.length + 1) <= PAIR_LIMIT;
  }

  /** Offsets of the first match at or after `from`, two per group, -1 where a group took no part. */
  exec(haystack: string, from: number): Int32Array | undefined {
    const words = (this.#nfa.op.length * (haystack.length + 1 - from) + 31) >> 5;
    if (words > tried.length) tried = new Uint32Array(words);
    else tried.fill(0, 0, words);
    const captures = new Int32Array(this.#slots).fill(-1);
    const first = this.#firstBytes;
    let found = false;
    for (let at = from; at <= haystack.length && !found; at++) {
      if (first !== "any" && (at === haystack.length || first[haystack.charCodeAt(at) & 0xff] === 0)) continue;
      found = this.#matchAt(haystack, from, at, captures);
    }
    if (pending.length > PENDING) pending = new Int32Array(PENDING);
    return found ? captures : undefined;
  }

  /** True, and the submatches noted, when a match begins here. */
  #matchAt(haystack: string, from: number, start: number, captures: Int32Array): boolean {
    const { op, arg, next } = this.#nfa;
    const sets = this.#sets;
    const bits = tried;
    const width = haystack.length + 1 - from;
    let top = 0;
    pending[top++] = this.#nfa.start;
    pending[top++] = start;
    while (top > 0) {
      let at = pending[--top]!;
      let pc = pending[--top]!;
      if (pc < 0) {
        captures[~pc] = at;
        continue;
      }
      for (;;) {
        const pair = pc * width + at - from;
        const bit = 1 << (pair & 31);
        if ((bits[pair >> 5]! & bit) !== 0) break;
        bits[pair >> 5]! |= bit;
        const kind = op[pc]!;
        if (kind === Op.Set) {
          if (at === haystack.length) break;
          const byte = haystack.charCodeAt(at) & 0xff;
          if (((sets[(arg[pc]! << 3) + (byte >> 5)]! >>> (byte & 31)) & 1) === 0) break;
          at++;
        } else if (kind === Op.Split) {
          if (top + 1 >= pending.length) grow();
          pending[top++] = arg[pc]!;
          pending[top++] = at;
        } else if (kind === Op.Save) {
          const slot = arg[pc]!;
          if (top + 1 >= pending.length) grow();
          pending[top++] = ~slot;
          pending[top++] = captures[slot]!;
          captures[slot] = at;
        } else if (kind === Op.Match) return true;
        else if (kind === Op.Assert && !holds(arg[pc]!, haystack, at)) break;
        pc = next[pc]!;
      }
    }
    return false;
  }
}

function grow(): void {
  const larger = new Int32Array(2 * pending.length);
  larger.set(pending);
  pending = larger;
}
