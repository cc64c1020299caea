import type { PrefilterCondition } from "./literals.ts";
import { AhoCorasick, foldCase } from "./aho-corasick.ts";
import { expectedHits } from "./literal-frequency.ts";

/**
 * What a value must have for something to match it: a literal of every one of these groups of the prefilter.
 * Empty when nothing is known, so that every value may match.
 */
export type Gate = readonly number[];

/** What one pass over a haystack found. Facts about its text alone, so they may be kept as long as the text. */
export interface Scan {
  /** Groups of which a literal occurs, each once, in no order. */
  readonly groups: readonly number[];
  /** The flags of all bytes that occur, or-ed. */
  readonly flags: number;
}

/** Groups of a gate beyond the most selective one: each costs literals in the automaton, so they must be worth it. */
const MORE_GROUPS = 3;
const MORE_GROUP_SIZE = 24;
const MORE_GROUP_HITS = 0.02;

/** Collects conditions of a rule set and builds one scanner for all of them. */
export class PrefilterBuilder {
  readonly #groups: (readonly string[])[] = [];
  readonly #ids = new Map<string, number>();

  /** The gate of a condition. Equal groups share a number. */
  add(condition: PrefilterCondition): Gate {
    const ids = selectiveGroups(condition.groups).map((group) => this.#idOf(group));
    return [...new Set(ids)];
  }

  #idOf(group: readonly string[]): number {
    const folded = [...new Set(group.map(foldCase))].sort();
    const key = folded.join("\n");
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#groups.push(folded) - 1;
      this.#ids.set(key, id);
    }
    return id;
  }

  /** `byteFlags` has 256 masks of 32 bits, whose union over a haystack is part of every scan. */
  build(byteFlags: Int32Array = new Int32Array(256)): Prefilter {
    return new Prefilter(this.#groups, byteFlags);
  }
}

const noGroups: readonly number[] = [];

/**
 * One pass over a haystack for the literals of a whole rule set.
 *
 * Invariant: a group that is not reported has no literal in the haystack, so what needs one cannot match (no false negative).
 */
export class Prefilter {
  readonly groupCount: number;
  readonly #byteFlags: Int32Array;
  readonly #classes: Uint8Array;
  readonly #stride: number;
  /** By state and column: next state times stride, doubled, plus 1 when groups are to be reported there. */
  readonly #table: Int32Array;
  /** By state: groups whose literals end there; only where there are any. */
  readonly #reports: (Int32Array | undefined)[];
  /** By state and by group: the last scan that reported it. */
  readonly #seenStates: Int32Array;
  readonly #seenGroups: Int32Array;
  #scan = 0;

  constructor(groups: readonly (readonly string[])[], byteFlags: Int32Array) {
    this.groupCount = groups.length;
    this.#byteFlags = byteFlags;
    const owners = new Map<string, number[]>();
    groups.forEach((group, id) => {
      for (const literal of group) {
        const known = owners.get(literal);
        if (known === undefined) owners.set(literal, [id]);
        else known.push(id);
      }
    });
    const literals = [...owners.keys()];
    const { classes, states, stride, phrase, failure, order, table } = new AhoCorasick(literals);
    this.#classes = classes;
    this.#stride = stride;
    this.#seenStates = new Int32Array(states);
    this.#seenGroups = new Int32Array(groups.length);
    this.#reports = new Array<Int32Array | undefined>(states).fill(undefined);
    for (const state of order) {
      const own = phrase[state]! >= 0 ? owners.get(literals[phrase[state]!]!)! : noGroups;
      const inherited = this.#reports[failure[state]!];
      if (own.length === 0) this.#reports[state] = inherited;
      else this.#reports[state] = Int32Array.from(new Set([...own, ...(inherited ?? noGroups)]));
    }
    for (let cell = 0; cell < table.length; cell++) {
      const next = table[cell]!;
      table[cell] = (next << 1) | (this.#reports[next / stride] === undefined ? 0 : 1);
    }
    this.#table = table;
  }

  scan(haystack: string): Scan {
    const table = this.#table;
    const classes = this.#classes;
    const byteFlags = this.#byteFlags;
    const stamp = this.#nextStamp();
    let groups: number[] | undefined;
    let flags = 0;
    let cell = 0;
    for (let at = 0; at < haystack.length; at++) {
      const byte = haystack.charCodeAt(at) & 0xff;
      flags |= byteFlags[byte]!;
      cell = table[(cell >> 1) + classes[byte]!]!;
      if ((cell & 1) !== 0) groups = this.#report((cell >> 1) / this.#stride, stamp, groups);
    }
    return { groups: groups ?? noGroups, flags };
  }

  #report(state: number, stamp: number, groups: number[] | undefined): number[] | undefined {
    // A state has the same groups every time: once per haystack is enough.
    if (this.#seenStates[state] === stamp) return groups;
    this.#seenStates[state] = stamp;
    let found = groups;
    const ids = this.#reports[state]!;
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      if (this.#seenGroups[id] === stamp) continue;
      this.#seenGroups[id] = stamp;
      if (found === undefined) found = [id];
      else found.push(id);
    }
    return found;
  }

  /** Stamps tell the scans apart without clearing what earlier ones noted. */
  #nextStamp(): number {
    if (this.#scan === 0x7fff_ffff) {
      this.#scan = 0;
      this.#seenStates.fill(0);
      this.#seenGroups.fill(0);
    }
    return ++this.#scan;
  }
}

/** The most selective group first, then a few small ones that are selective too. */
function selectiveGroups(groups: PrefilterCondition["groups"]): readonly (readonly string[])[] {
  const [best, ...others] = groups
    .filter((group) => group.length > 0 && !group.includes(""))
    .map((group) => ({ group, hits: expectedHits(group) }))
    .toSorted((a, b) => a.hits - b.hits);
  if (best === undefined) return [];
  const more = others.filter(({ group, hits }) => group.length <= MORE_GROUP_SIZE && hits <= MORE_GROUP_HITS);
  return [best, ...more.slice(0, MORE_GROUPS)].map(({ group }) => group);
}
