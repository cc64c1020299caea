import type { Nfa } from "./nfa.ts";
import type { Leads } from "./leads.ts";
import { leadsOf } from "./leads.ts";
import { Op } from "./nfa.ts";
import { holds } from "./surroundings.ts";

/** Pairs of instruction and place that are remembered at most: eight megabytes of bits. */
const PAIR_LIMIT = 1 << 26;
/** Numbers that may be pending at once: sixteen megabytes. */
const PENDING_LIMIT = 1 << 22;
/** The answer of a search that would have needed more memory. */
export const TOO_FAR = "too far";
/** Numbers that may stay pending before their place is given back afterwards. */
const PENDING = 1 << 16;

/** A bit for each pair that was tried, place by place: one table for all patterns, since each search leaves it empty. */
let tried = new Uint32Array(1024);
/** What is still to be tried: pairs of instruction and place; `~slot` with a value puts a submatch back. */
let pending = new Int32Array(PENDING);

/**
 * Finds what an NFA matches first, with submatches, by trying one way after the other, preferred ones first (leftmost-first,
 * as Perl and RE2 choose).
 *
 * Invariant: no pair of instruction and place is tried again, whatever start or way leads there, because it would fail again.
 * Pairs are remembered for a window of the haystack, which moves on by half its length at least, past starts that have failed;
 * so one may be tried twice. Cost is linear in the haystack all the same, as that of PikeMatcher.
 * Perf: a quarter to a fifteenth of the time of following all ways at once (attacks under the CRS).
 */
export class Backtracker {
  readonly #nfa: Nfa;
  readonly #slots: number;
  readonly #leads: Leads;
  /** Places of a window. */
  readonly #places: number;
  /** Where the window begins, and the first place behind it. */
  #begin = 0;
  #end = 0;
  /** The furthest place that was come to. */
  #furthest = 0;
  /** The start that the last search ended with: no match begins before it. */
  start = 0;

  /** `pairs`: how many may be remembered. */
  constructor(nfa: Nfa, groupCount: number, pairs: number = PAIR_LIMIT) {
    this.#nfa = nfa;
    this.#slots = 2 * (groupCount + 1);
    this.#places = Math.max(2, Math.floor(pairs / nfa.op.length));
    this.#leads = leadsOf(nfa);
  }

  /**
   * Offsets of the first match at or after `from`, two per group, -1 where a group took no part; `TOO_FAR` when more of the
   * haystack would have to be looked at than there is memory for.
   */
  exec(haystack: string, from: number): Int32Array | undefined | typeof TOO_FAR {
    const captures = new Int32Array(this.#slots).fill(-1);
    const { start, classes } = this.#nfa;
    const leads = this.#leads;
    this.#open(haystack, from);
    let found: boolean | undefined = false;
    let at = from;
    for (; at <= haystack.length; at++) {
      if (!leads.has(start, at < haystack.length ? classes[haystack.charCodeAt(at) & 0xff]! : leads.end)) continue;
      found = at < this.#end ? this.#matchAt(haystack, at, captures) : undefined;
      if (found === undefined && at - this.#begin >= this.#places >> 1) {
        this.#forget();
        this.#open(haystack, at);
        captures.fill(-1);
        found = this.#matchAt(haystack, at, captures);
      }
      if (found !== false) break;
    }
    this.start = at;
    this.#forget();
    if (pending.length > PENDING) pending = new Int32Array(PENDING);
    if (found === undefined) return TOO_FAR;
    return found ? captures : undefined;
  }

  /** Puts the window at a place, with nothing tried. */
  #open(haystack: string, from: number): void {
    const places = Math.min(haystack.length + 1 - from, this.#places);
    const words = this.#wordsOf(places);
    if (words > tried.length) tried = new Uint32Array(words);
    this.#begin = from;
    this.#end = from + places;
    this.#furthest = from;
  }

  /** Only as much as was used: whoever looks for one match after the other must not pay for the whole text each time. */
  #forget(): void {
    tried.fill(0, 0, this.#wordsOf(this.#furthest + 1 - this.#begin));
  }

  /** Words that hold a bit for each pair of so many places. */
  #wordsOf(places: number): number {
    return (this.#nfa.op.length * places + 31) >> 5;
  }

  /** True, and the submatches noted, when a match begins here; undefined when that is too far to see. */
  #matchAt(haystack: string, start: number, captures: Int32Array): boolean | undefined {
    const { op, arg, next, classes } = this.#nfa;
    const { bits: leads, width: words, end: endColumn } = this.#leads;
    const bits = tried;
    const from = this.#begin;
    const end = this.#end;
    const width = op.length;
    const { length } = haystack;
    let furthest = Math.max(this.#furthest, start);
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
      let column = at < length ? classes[haystack.charCodeAt(at) & 0xff]! : endColumn;
      for (;;) {
        if (((leads[pc * words + (column >> 5)]! >>> (column & 31)) & 1) === 0) break;
        const pair = (at - from) * width + pc;
        const bit = 1 << (pair & 31);
        if ((bits[pair >> 5]! & bit) !== 0) break;
        bits[pair >> 5]! |= bit;
        const kind = op[pc]!;
        if (kind === Op.Set) {
          at++;
          column = at < length ? classes[haystack.charCodeAt(at) & 0xff]! : endColumn;
          if (at > furthest) {
            if (at >= end) {
              this.#furthest = furthest;
              return undefined;
            }
            furthest = at;
          }
        } else if (kind === Op.Split) {
          const past = arg[pc]!;
          if (((leads[past * words + (column >> 5)]! >>> (column & 31)) & 1) === 1) {
            if (top + 1 >= pending.length && !grow()) {
              this.#furthest = furthest;
              return undefined;
            }
            pending[top++] = past;
            pending[top++] = at;
          }
        } else if (kind === Op.Save) {
          const slot = arg[pc]!;
          if (top + 1 >= pending.length && !grow()) {
            this.#furthest = furthest;
            return undefined;
          }
          pending[top++] = ~slot;
          pending[top++] = captures[slot]!;
          captures[slot] = at;
        } else if (kind === Op.Match) {
          this.#furthest = furthest;
          return true;
        } else if (kind === Op.Assert && !holds(arg[pc]!, haystack, at)) break;
        pc = next[pc]!;
      }
    }
    this.#furthest = furthest;
    return false;
  }
}

/** More room for what is pending; false when there is none to be had. */
function grow(): boolean {
  if (pending.length >= PENDING_LIMIT) return false;
  const larger = new Int32Array(2 * pending.length);
  larger.set(pending);
  pending = larger;
  return true;
}
