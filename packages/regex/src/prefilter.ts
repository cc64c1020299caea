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
/** A group that nearly every value has a literal of is not worth looking for. */
const MOST_HITS = 0.3;

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

  /** `byteFlags` has 256 masks of 31 bits, whose union over a haystack is part of every scan. */
  build(byteFlags: Int32Array = new Int32Array(256)): Prefilter {
    return new Prefilter(this.#groups, byteFlags);
  }
}

const noGroups: readonly number[] = [];
/** Longer literals are looked for by a part of them: one that text and markup seldom have. */
const LITERAL_LENGTH = 12;
/** Bit of a byte that is a literal by itself, or of groups that any value has. Not for `byteFlags`. */
const IS_LITERAL = 1 << 31;

/**
 * One pass over a haystack for the literals of a whole rule set.
 *
 * Invariant: a group that is not reported has no literal in the haystack, so what needs one cannot match (no false negative).
 */
export class Prefilter {
  readonly groupCount: number;
  /** By byte: its flags, and IS_LITERAL. */
  readonly #byteFlags: Int32Array;
  readonly #classes: Uint8Array;
  readonly #stride: number;
  /** Next state by state times stride plus class; states from `#firstReport` on report groups. */
  readonly #table: Uint16Array | Uint32Array;
  readonly #firstReport: number;
  /** Groups by reporting state, and by byte. */
  readonly #stateGroups: readonly (readonly number[])[];
  readonly #byteGroups: readonly (readonly number[])[];
  /** The last scan that reported a state, a byte, a group. */
  readonly #seenStates: Int32Array;
  readonly #seenBytes: Int32Array = new Int32Array(256);
  readonly #seenGroups: Int32Array;
  #scan = 0;

  constructor(groups: readonly (readonly string[])[], byteFlags: Int32Array) {
    this.groupCount = groups.length;
    const owners = ownersOf(groups);
    this.#byteGroups = Array.from({ length: 256 }, (_none, byte) => owners.get(lowerCase(byte)) ?? noGroups);
    this.#byteFlags = byteFlags.map((flags, byte) => flags | (this.#byteGroups[byte]!.length > 0 ? IS_LITERAL : 0));

    const literals = [...owners.keys()].filter((literal) => literal.length > 1);
    const { classes, states, stride, phrase, failure, table } = new AhoCorasick(literals);
    const reports: (readonly number[])[] = [noGroups];
    for (let state = 1; state < states; state++) {
      const own = phrase[state]! >= 0 ? owners.get(literals[phrase[state]!]!)! : noGroups;
      const inherited = reports[failure[state]!]!;
      reports.push(own.length === 0 ? inherited : [...new Set([...own, ...inherited])]);
    }
    const numbers = reportingLast(reports);
    this.#classes = classes;
    this.#stride = stride;
    this.#table = renumber(table, stride, numbers);
    this.#firstReport = reports.filter((ids) => ids.length === 0).length;
    this.#stateGroups = reports.filter((ids) => ids.length > 0);
    this.#seenStates = new Int32Array(this.#stateGroups.length);
    this.#seenGroups = new Int32Array(groups.length);
  }

  scan(haystack: string): Scan {
    const table = this.#table;
    const stride = this.#stride;
    const classes = this.#classes;
    const byteFlags = this.#byteFlags;
    const firstReport = this.#firstReport;
    const stamp = this.#nextStamp();
    let groups: number[] | undefined;
    let flags = 0;
    let state = 0;
    for (let at = 0; at < haystack.length; at++) {
      const byte = haystack.charCodeAt(at) & 0xff;
      const own = byteFlags[byte]!;
      flags |= own;
      if (own < 0 && this.#seenBytes[byte] !== stamp) {
        this.#seenBytes[byte] = stamp;
        groups = this.#report(this.#byteGroups[byte]!, stamp, groups);
      }
      state = table[state * stride + classes[byte]!]!;
      if (state >= firstReport && this.#seenStates[state - firstReport] !== stamp) {
        this.#seenStates[state - firstReport] = stamp;
        groups = this.#report(this.#stateGroups[state - firstReport]!, stamp, groups);
      }
    }
    return { groups: groups ?? noGroups, flags: flags & ~IS_LITERAL };
  }

  /** A state or byte has the same groups every time: the caller asks once per haystack. */
  #report(ids: readonly number[], stamp: number, groups: number[] | undefined): number[] | undefined {
    let found = groups;
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
      this.#seenBytes.fill(0);
      this.#seenGroups.fill(0);
    }
    return ++this.#scan;
  }
}

/** Groups by the beginning of their literals. */
function ownersOf(groups: readonly (readonly string[])[]): Map<string, number[]> {
  const owners = new Map<string, number[]>();
  groups.forEach((group, id) => {
    for (const literal of new Set(group.map(telling))) {
      const known = owners.get(literal);
      if (known === undefined) owners.set(literal, [id]);
      else known.push(id);
    }
  });
  return owners;
}

/** The part of a literal with fewest blanks and marks, which markup is full of; the first of equals. */
function telling(literal: string): string {
  let best = 0;
  let marks = 0;
  let fewest = Infinity;
  for (let at = 0; at < literal.length; at++) {
    if (isMark(literal.charCodeAt(at))) marks++;
    if (at >= LITERAL_LENGTH && isMark(literal.charCodeAt(at - LITERAL_LENGTH))) marks--;
    if (at < LITERAL_LENGTH - 1 || marks >= fewest) continue;
    fewest = marks;
    best = at + 1 - LITERAL_LENGTH;
  }
  return literal.slice(best, best + LITERAL_LENGTH);
}

/** Neither a small letter nor a digit. */
function isMark(unit: number): boolean {
  return (unit < 0x61 || unit > 0x7a) && (unit < 0x30 || unit > 0x39);
}

function lowerCase(byte: number): string {
  return foldCase(String.fromCharCode(byte));
}

/** New numbers of states: those without a report first, each kind in its order. */
function reportingLast(reports: readonly (readonly number[])[]): Int32Array {
  const numbers = new Int32Array(reports.length);
  let next = 0;
  for (const reporting of [false, true]) {
    for (let state = 0; state < reports.length; state++) {
      if (reports[state]!.length > 0 === reporting) numbers[state] = next++;
    }
  }
  return numbers;
}

function renumber<T extends Uint16Array | Uint32Array>(table: T, stride: number, numbers: Int32Array): T {
  const renumbered = table.slice() as T;
  for (let state = 0; state < numbers.length; state++) {
    const from = state * stride;
    const to = numbers[state]! * stride;
    for (let column = 0; column < stride; column++) renumbered[to + column] = numbers[table[from + column]!]!;
  }
  return renumbered;
}

/** The most selective group first, then a few small ones that are selective too. */
function selectiveGroups(groups: PrefilterCondition["groups"]): readonly (readonly string[])[] {
  const [best, ...others] = groups
    .filter((group) => group.length > 0 && !group.includes(""))
    .map((group) => ({ group, hits: expectedHits(group) }))
    .filter(({ hits }) => hits <= MOST_HITS)
    .toSorted((a, b) => a.hits - b.hits);
  if (best === undefined) return [];
  const more = others.filter(({ group, hits }) => group.length <= MORE_GROUP_SIZE && hits <= MORE_GROUP_HITS);
  return [best, ...more.slice(0, MORE_GROUPS)].map(({ group }) => group);
}
