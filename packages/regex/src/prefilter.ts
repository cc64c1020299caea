import type { PrefilterCondition } from "./literals.ts";
import { AhoCorasick, foldCase } from "./aho-corasick.ts";
import { fillWindow, WINDOW, windowBytes } from "./byte-window.ts";
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
  readonly #before: Prefilter | undefined;
  readonly #groups: (readonly string[])[];
  readonly #ids = new Map<string, number>();

  /** The groups of `before` keep their numbers, and when there are no others in the end it is used again. */
  constructor(before?: Prefilter) {
    this.#before = before;
    this.#groups = [...(before?.groups ?? [])];
    this.#groups.forEach((group, id) => this.#ids.set(group.join("\n"), id));
  }

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
    const before = this.#before;
    if (before?.groupCount === this.#groups.length && before.hasFlags(byteFlags)) return before;
    return new Prefilter(this.#groups, byteFlags);
  }
}

const noGroups: readonly number[] = [];
const noLiterals: readonly string[] = [];
/** Longer literals are looked for by a part of them: one that text and markup seldom have. */
const LITERAL_LENGTH = 12;
/** A row of the automaton has two to the power of this many columns. */
const ROW_BITS = 6;
/** Texts of this length and more are read in two places at once. */
const LONG = 256;

/**
 * One pass over a haystack for the literals of a whole rule set.
 *
 * Invariant: a group that is not reported has no literal in the haystack, so what needs one cannot match (no false negative).
 */
export class Prefilter {
  readonly groupCount: number;
  /** Literals of each group, lower-case and sorted. */
  readonly groups: readonly (readonly string[])[];
  /** By byte: its flags. */
  readonly #byteFlags: Int32Array;
  /** By byte: the kinds of literal it is by itself, a bit each; there are up to 62 kinds. */
  readonly #kindsLow: Int32Array = new Int32Array(256);
  readonly #kindsHigh: Int32Array = new Int32Array(256);
  /** Groups by kind of byte. */
  readonly #kindGroups: readonly (readonly number[])[];
  readonly #classes: Uint8Array;
  /**
   * Next state by state and class; states from `#firstReport` on report groups.
   * Perf: rows of 64 columns, kinds of bytes as bits, and two lanes: 5.1 ns a byte of HTML instead of 6.4 on the same busy
   * machine, in three quarters of the memory (bench, response bodies).
   */
  readonly #table: Uint16Array | Uint32Array;
  /** A power of two, so that the rows of several lanes are compared with it at once. */
  readonly #firstReport: number;
  /** Groups by reporting state. */
  readonly #stateGroups: readonly (readonly number[])[];
  /** The last scan that reported a state, a group. */
  readonly #seenStates: Int32Array;
  readonly #seenGroups: Int32Array;
  readonly #found: number[] = [];
  #scan = 0;
  /** 1 for the bytes of the long haystack that is being read. */
  readonly #seenBytes: Uint8Array = new Uint8Array(256);

  /** `skipped` is 1 for bytes that are read as if they were not there. */
  constructor(groups: readonly (readonly string[])[], byteFlags: Int32Array, skipped?: Uint8Array) {
    this.groups = groups;
    this.groupCount = groups.length;
    this.#byteFlags = byteFlags;
    const owners = ownersOf(groups);
    this.#kindGroups = this.#assignKinds(owners);

    const own = mergeRareBytes(owners);
    const literals = [...own.owners.keys()];
    const { classes, states, stride, phrase, failure, table } = new AhoCorasick(literals);
    const reports: (readonly number[])[] = [noGroups];
    for (let state = 1; state < states; state++) {
      const ends = phrase[state]! >= 0 ? own.owners.get(literals[phrase[state]!]!)! : noGroups;
      const inherited = reports[failure[state]!]!;
      reports.push(ends.length === 0 ? inherited : [...new Set([...ends, ...inherited])]);
    }
    for (const byte of own.merged) classes[byte] = classes[own.merged[0]!]!;
    this.#classes = classes;
    const silent = reports.filter((ids) => ids.length === 0).length;
    this.#firstReport = 1 << (32 - Math.clz32(silent - 1));
    this.#table = rowsInOrder(table, stride, reportingLast(reports, this.#firstReport));
    if (skipped !== undefined) this.#skip(skipped, stride);
    this.#stateGroups = reports.filter((ids) => ids.length > 0);
    this.#seenStates = new Int32Array(this.#stateGroups.length);
    this.#seenGroups = new Int32Array(groups.length);
  }

  /** Gives bytes a column of their own, whose transitions stay where they are. */
  #skip(skipped: Uint8Array, column: number): void {
    for (let byte = 0; byte < 256; byte++) {
      if (skipped[byte] === 0) continue;
      this.#classes[byte] = column;
      this.#kindsLow[byte] = 0;
      this.#kindsHigh[byte] = 0;
    }
    for (let row = 0; row << ROW_BITS < this.#table.length; row++) this.#table[(row << ROW_BITS) + column] = row;
  }

  /** Bytes that belong to the same groups are one kind. Past the last bit kinds share it: more is reported, never less. */
  #assignKinds(owners: ReadonlyMap<string, readonly number[]>): readonly (readonly number[])[] {
    const numbers = new Map<string, number>();
    const kinds: (readonly number[])[] = [];
    for (let byte = 0; byte < 256; byte++) {
      const own = owners.get(lowerCase(byte));
      if (own === undefined) continue;
      const key = own.join();
      let kind = numbers.get(key);
      if (kind === undefined) {
        kind = Math.min(kinds.length, 61);
        numbers.set(key, kind);
        kinds[kind] = [...new Set([...(kinds[kind] ?? noGroups), ...own])];
      }
      if (kind < 31) this.#kindsLow[byte] = 1 << kind;
      else this.#kindsHigh[byte] = 1 << (kind - 31);
    }
    return kinds;
  }

  /** True when these are the flags it was made with. */
  hasFlags(byteFlags: Int32Array): boolean {
    return this.#byteFlags.every((flags, byte) => flags === byteFlags[byte]);
  }

  scan(haystack: string): Scan {
    this.#nextStamp();
    const { length } = haystack;
    if (length < LONG) return this.#scanShort(haystack);
    this.#seenBytes.fill(0);
    let row = 0;
    for (let from = 0; from < length; from += WINDOW) row = this.#scanWindow(fillWindow(haystack, from), row);
    let flags = 0;
    for (let byte = 0; byte < 256; byte++) if (this.#seenBytes[byte] === 1) flags |= this.#byteFlags[byte]!;
    return { groups: this.#groupsOfSeen(), flags };
  }

  /** What bytes there are is noted on the way: asking all 256 afterwards would take longer, and so would a copy. */
  #scanShort(haystack: string): Scan {
    const { length } = haystack;
    const table = this.#table;
    const classes = this.#classes;
    const byteFlags = this.#byteFlags;
    const kindsLow = this.#kindsLow;
    const kindsHigh = this.#kindsHigh;
    const firstReport = this.#firstReport;
    let flags = 0;
    let low = 0;
    let high = 0;
    let row = 0;
    for (let at = 0; at < length;) {
      while (at < length) {
        const byte = haystack.charCodeAt(at++) & 0xff;
        flags |= byteFlags[byte]!;
        low |= kindsLow[byte]!;
        high |= kindsHigh[byte]!;
        row = table[(row << ROW_BITS) + classes[byte]!]!;
        if (row >= firstReport) break;
      }
      if (row >= firstReport) this.#reportRow(row);
    }
    return { groups: this.#groupsFound(low, high), flags };
  }

  /**
   * A scanner that finds of these groups what a haystack has without some bytes (`skipped` is 1 for them).
   * Perf: no text is made: 12 KB of HTML without white space in 27 us, against 152 for making that text and scanning it.
   */
  without(skipped: Uint8Array, gates: Iterable<Gate>): Prefilter {
    const wanted = new Set<number>();
    for (const gate of gates) for (const group of gate) wanted.add(group);
    const groups = this.groups.map((group, id) => (wanted.has(id) ? group : noLiterals));
    return new Prefilter(groups, this.#byteFlags, skipped);
  }

  /**
   * Goes on from a row with the bytes in the window; gives the row after them.
   * Perf: two lanes, since each waits for its table; nothing is called in the inner loop, so V8 looks up where the arrays lie
   * once, not for every byte; and one comparison for four rows: 2.4 ns a byte of HTML, 3.4 with calls, 5.3 for one lane that
   * reads the text (bench, responses).
   */
  #scanWindow(count: number, before: number): number {
    const middle = count >> 1;
    if (count < LONG) return this.#readOn(0, count, before, false);
    const bytes = windowBytes;
    const table = this.#table;
    const classes = this.#classes;
    const seenBytes = this.#seenBytes;
    const firstReport = this.#firstReport;
    let first = before;
    let second = 0;
    let at = 0;
    while (at + 1 < middle) {
      let earlierFirst = 0;
      let earlierSecond = 0;
      while (at + 1 < middle) {
        const byte = bytes[at]!;
        const other = bytes[at + middle]!;
        const nextByte = bytes[at + 1]!;
        const nextOther = bytes[at + middle + 1]!;
        at += 2;
        seenBytes[byte] = 1;
        seenBytes[other] = 1;
        seenBytes[nextByte] = 1;
        seenBytes[nextOther] = 1;
        earlierFirst = table[(first << ROW_BITS) + classes[byte]!]!;
        earlierSecond = table[(second << ROW_BITS) + classes[other]!]!;
        first = table[(earlierFirst << ROW_BITS) + classes[nextByte]!]!;
        second = table[(earlierSecond << ROW_BITS) + classes[nextOther]!]!;
        if ((earlierFirst | earlierSecond | first | second) >= firstReport) break;
      }
      if (earlierFirst >= firstReport) this.#reportRow(earlierFirst);
      if (earlierSecond >= firstReport) this.#reportRow(earlierSecond);
      if (first >= firstReport) this.#reportRow(first);
      if (second >= firstReport) this.#reportRow(second);
    }
    // What is left are a byte of the first lane at most, and two of the second one.
    first = this.#readOn(at, middle, first, false);
    second = this.#readOn(at + middle, count, second, false);
    // The second lane began in the middle without what came before. Once nothing is left of that, the two are the same.
    if (first === 0) return second;
    const last = this.#readOn(middle, count, first, true);
    return last === 0 ? second : last;
  }

  /** One lane, to the end or until no literal is under way. */
  #readOn(from: number, to: number, before: number, untilNone: boolean): number {
    let row = before;
    for (let at = from; at < to; at++) {
      const byte = windowBytes[at]!;
      this.#seenBytes[byte] = 1;
      row = this.#table[(row << ROW_BITS) + this.#classes[byte]!]!;
      if (row >= this.#firstReport) this.#reportRow(row);
      else if (row === 0 && untilNone) break;
    }
    return row;
  }

  #groupsOfSeen(): readonly number[] {
    let low = 0;
    let high = 0;
    for (let byte = 0; byte < 256; byte++) {
      if (this.#seenBytes[byte] === 0) continue;
      low |= this.#kindsLow[byte]!;
      high |= this.#kindsHigh[byte]!;
    }
    return this.#groupsFound(low, high);
  }

  #groupsFound(low: number, high: number): readonly number[] {
    if (low !== 0) this.#reportKinds(low, 0);
    if (high !== 0) this.#reportKinds(high, 31);
    return this.#found.length === 0 ? noGroups : this.#found.slice();
  }

  #reportRow(row: number): void {
    const state = row - this.#firstReport;
    if (this.#seenStates[state] === this.#scan) return;
    this.#seenStates[state] = this.#scan;
    this.#report(this.#stateGroups[state]!);
  }

  #reportKinds(bits: number, first: number): void {
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      this.#report(this.#kindGroups[first + 31 - Math.clz32(rest & -rest)]!);
    }
  }

  #report(ids: readonly number[]): void {
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      if (this.#seenGroups[id] === this.#scan) continue;
      this.#seenGroups[id] = this.#scan;
      this.#found.push(id);
    }
  }

  /** Stamps tell the scans apart without clearing what earlier ones noted. */
  #nextStamp(): void {
    this.#found.length = 0;
    if (this.#scan === 0x7fff_ffff) {
      this.#scan = 0;
      this.#seenStates.fill(0);
      this.#seenGroups.fill(0);
    }
    this.#scan++;
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

/** New numbers of states: those without a report from 0 on, those with one from `firstReport` on, each kind in its order. */
function reportingLast(reports: readonly (readonly number[])[], firstReport: number): Int32Array {
  const numbers = new Int32Array(reports.length);
  let silent = 0;
  let reporting = firstReport;
  for (let state = 0; state < reports.length; state++) {
    numbers[state] = reports[state]!.length > 0 ? reporting++ : silent++;
  }
  return numbers;
}

/** The rows in the order of their new numbers. */
function rowsInOrder(table: Uint16Array | Uint32Array, stride: number, numbers: Int32Array): Uint16Array | Uint32Array {
  const highest = numbers.reduce((most, number) => Math.max(most, number), 0);
  const Numbers = highest < 0x1_0000 ? Uint16Array : Uint32Array;
  const rows = new Numbers((highest + 1) << ROW_BITS);
  for (let state = 0; state < numbers.length; state++) {
    const from = state * stride;
    const to = numbers[state]! << ROW_BITS;
    for (let column = 0; column < stride; column++) rows[to + column] = numbers[table[from + column]!]!;
  }
  return rows;
}

/**
 * The literals of several bytes, with those bytes taken for one that the fewest of them have, so that a row holds 64 columns.
 * A literal is then found in a few more texts, never in fewer.
 */
function mergeRareBytes(owners: ReadonlyMap<string, readonly number[]>): {
  readonly owners: ReadonlyMap<string, readonly number[]>;
  readonly merged: readonly number[];
} {
  const uses = new Int32Array(256);
  const literals = [...owners].filter(([literal]) => literal.length > 1);
  for (const [literal] of literals) for (let at = 0; at < literal.length; at++) uses[literal.charCodeAt(at) & 0xff]!++;
  // Letters first: their cases share a column, so they cannot be merged with other bytes.
  const rank = (byte: number): number => (byte >= 0x61 && byte <= 0x7a ? 1e9 : uses[byte]!);
  const used = [...uses.keys()].filter((byte) => uses[byte]! > 0).toSorted((a, b) => rank(b) - rank(a));
  // One column is for bytes in no literal, one for the merged ones, one for skipped ones.
  const merged = used.slice((1 << ROW_BITS) - 3);
  if (merged.length === 0) return { owners: new Map(literals), merged };
  const representative = String.fromCharCode(merged[0]!);
  const all = new Set(merged);
  const united = new Map<string, readonly number[]>();
  for (const [literal, groups] of literals) {
    let key = "";
    for (let at = 0; at < literal.length; at++) key += all.has(literal.charCodeAt(at)) ? representative : literal[at]!;
    united.set(key, [...new Set([...(united.get(key) ?? noGroups), ...groups])]);
  }
  return { owners: united, merged };
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
