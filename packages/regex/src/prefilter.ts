import type { PrefilterCondition } from "./literals.ts";
import { foldCase } from "./aho-corasick.ts";
import { fillWindow, WINDOW, windowBytes } from "./byte-window.ts";
import { expectedHits } from "./literal-frequency.ts";
import type { Reports } from "./prefilter-tables.ts";
import { LITERAL_LENGTH, prefilterTables, ROW_BITS } from "./prefilter-tables.ts";
import type { ScanKernel } from "./scan-kernel.ts";
import { makeKernel } from "./scan-kernel.ts";

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
/** A group that so many values have a literal of is not worth looking for; single bytes are noted anyway. */
const MOST_HITS = 0.3;
const MOST_BYTE_HITS = 0.95;

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
    const folded = group.length === 1 ? [foldCase(group[0]!)] : [...new Set(group.map(foldCase))].sort();
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
/** Texts of this length and more are read in two places at once. */
const LONG = 192;
/** Those of this one and more by the host's kernel, once so many bytes came: making one takes as long as reading some. */
const KERNEL_LONG = 512;
const KERNEL_BYTES = 131_072;

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
  readonly #kindsLow: Int32Array;
  readonly #kindsHigh: Int32Array;
  /** Groups by kind of byte. */
  readonly #kindGroups: readonly (readonly number[])[];
  readonly #classes: Uint8Array;
  /** Next state by state and class, in rows of 64 columns; states from `#firstReport` on report groups. */
  readonly #table: Uint16Array | Uint32Array;
  /** A power of two, so that the rows of several lanes are compared with it at once. */
  readonly #firstReport: number;
  readonly #depth: Uint16Array;
  /** Groups by reporting state. */
  readonly #reports: Reports;
  /** The last scan that reported a state, a group. */
  readonly #seenStates: Int32Array;
  readonly #seenGroups: Int32Array;
  /** Groups that were reported, the first `#count` of them. */
  readonly #found: Uint32Array;
  #count = 0;
  #scan = 0;
  /** 1 for the bytes of the long haystack that is being read. */
  readonly #seenBytes: Uint8Array = new Uint8Array(256);
  /** Bytes that have flags or are literals by themselves. */
  readonly #telling: Uint8Array;
  readonly #skips: boolean;
  /** Undefined until it is worth one; null when there is none. */
  #kernel: ScanKernel | null | undefined = undefined;
  /** Bytes of long texts that were read without one. */
  #longBytes = 0;

  /** `skipped` is 1 for bytes that are read as if they were not there. */
  constructor(groups: readonly (readonly string[])[], byteFlags: Int32Array, skipped?: Uint8Array) {
    this.groups = groups;
    this.groupCount = groups.length;
    this.#byteFlags = byteFlags;
    this.#skips = skipped !== undefined;
    const tables = prefilterTables(groups, skipped);
    this.#kindsLow = tables.kindsLow;
    this.#kindsHigh = tables.kindsHigh;
    this.#kindGroups = tables.kindGroups;
    this.#classes = tables.classes;
    this.#table = tables.table;
    this.#firstReport = tables.firstReport;
    this.#depth = tables.depth;
    this.#reports = tables.reports;
    this.#seenStates = new Int32Array(tables.reports.starts.length);
    this.#seenGroups = new Int32Array(groups.length);
    this.#found = new Uint32Array(groups.length);
    const kinds = (byte: number): number => this.#kindsLow[byte]! | this.#kindsHigh[byte]!;
    this.#telling = Uint8Array.from([...byteFlags.keys()].filter((byte) => byteFlags[byte] !== 0 || kinds(byte) !== 0));
  }

  /** True when these are the flags it was made with. */
  hasFlags(byteFlags: Int32Array): boolean {
    return this.#byteFlags.every((flags, byte) => flags === byteFlags[byte]);
  }

  scan(haystack: string): Scan {
    this.#nextStamp();
    const { length } = haystack;
    if (length < LONG) return this.#scanShort(haystack);
    const kernel = length < KERNEL_LONG ? null : (this.#kernel ?? this.#kernelAfter(length));
    if (kernel !== null) {
      const count = kernel.scan(haystack);
      for (let at = 0; at < count; at++) this.#reportRow(kernel.rows[at]!);
      return this.#scanOfSeen(kernel.seenBytes);
    }
    this.#seenBytes.fill(0);
    let row = 0;
    for (let from = 0; from < length; from += WINDOW) row = this.#scanWindow(fillWindow(haystack, from), row);
    return this.#scanOfSeen(this.#seenBytes);
  }

  #kernelAfter(length: number): ScanKernel | null {
    if (this.#kernel === null) return null;
    this.#longBytes += length;
    if (this.#longBytes < KERNEL_BYTES) return null;
    const [table, classes, firstReport] = [this.#table, this.#classes, this.#firstReport];
    const neutral = classes.findIndex((column, byte) => column === 0 && !this.#telling.includes(byte));
    // Where bytes are skipped literals may be of any length.
    if (this.#skips || neutral < 0 || !(table instanceof Uint16Array)) return (this.#kernel = null);
    return (this.#kernel = makeKernel({ classes, table, firstReport, longest: LITERAL_LENGTH, neutral }) ?? null);
  }

  /** What bytes there are is noted on the way: asking for them afterwards would take longer, and so would a copy. */
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
   * A scanner for the groups of these gates alone, by the same numbers; `skipped` is 1 for bytes that are read as if they were
   * not there.
   * Perf: no text is made: 12 KB of HTML without white space in 27 us, against 152 for making that text and scanning it.
   */
  only(gates: readonly Gate[], skipped?: Uint8Array): Prefilter {
    const wanted = new Set(gates.flat());
    const groups = this.groups.map((group, id) => (wanted.has(id) ? group : noLiterals));
    return new Prefilter(groups, this.#byteFlags, skipped);
  }

  /** Bytes of the literals of these gates. */
  sizeOf(gates: readonly Gate[]): number {
    let size = 0;
    for (const id of new Set(gates.flat())) for (const literal of this.groups[id]!) size += literal.length;
    return size;
  }

  /**
   * Goes on from a row with the bytes in the window; gives the row after them.
   * Perf: two lanes, since each waits for its table; nothing is called in the inner loop, so V8 looks up where the arrays lie
   * once, not for every byte; and one comparison for four rows: 2.4 ns a byte of HTML, 3.4 with calls, 5.3 for one lane that
   * reads the text (bench, responses).
   */
  #scanWindow(count: number, before: number): number {
    const middle = count >> 1;
    if (count < LONG) return this.#readOn(0, count, before);
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
    first = this.#readOn(at, middle, first);
    second = this.#readOn(at + middle, count, second);
    return this.#readAcross(middle, count, first) ?? second;
  }

  /** One lane. */
  #readOn(from: number, to: number, before: number): number {
    let row = before;
    for (let at = from; at < to; at++) {
      const byte = windowBytes[at]!;
      this.#seenBytes[byte] = 1;
      row = this.#table[(row << ROW_BITS) + this.#classes[byte]!]!;
      if (row >= this.#firstReport) this.#reportRow(row);
    }
    return row;
  }

  /**
   * The first lane beyond the middle, where the second one began without what came before. Once the literal that is under way
   * began there too, the two are the same: undefined then.
   */
  #readAcross(middle: number, to: number, before: number): number | undefined {
    let row = before;
    for (let at = middle; this.#depth[row]! > at - middle; at++) {
      if (at === to) return row;
      row = this.#table[(row << ROW_BITS) + this.#classes[windowBytes[at]!]!]!;
      if (row >= this.#firstReport) this.#reportRow(row);
    }
    return undefined;
  }

  #scanOfSeen(seenBytes: Uint8Array): Scan {
    const telling = this.#telling;
    let flags = 0;
    let low = 0;
    let high = 0;
    for (let at = 0; at < telling.length; at++) {
      const byte = telling[at]!;
      if (seenBytes[byte] === 0) continue;
      flags |= this.#byteFlags[byte]!;
      low |= this.#kindsLow[byte]!;
      high |= this.#kindsHigh[byte]!;
    }
    return { groups: this.#groupsFound(low, high), flags };
  }

  #groupsFound(low: number, high: number): readonly number[] {
    if (low !== 0) this.#reportKinds(low, 0);
    if (high !== 0) this.#reportKinds(high, 31);
    const count = this.#count;
    if (count === 0) return noGroups;
    const groups = new Array<number>(count);
    for (let at = 0; at < count; at++) groups[at] = this.#found[at]!;
    return groups;
  }

  #reportRow(row: number): void {
    const state = row - this.#firstReport;
    if (this.#seenStates[state] === this.#scan) return;
    this.#seenStates[state] = this.#scan;
    const { starts, ids } = this.#reports;
    const end = starts[state + 1]!;
    for (let index = starts[state]!; index < end; index++) this.#report(ids[index]!);
  }

  #reportKinds(bits: number, first: number): void {
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      const ids = this.#kindGroups[first + 31 - Math.clz32(rest & -rest)]!;
      for (let index = 0; index < ids.length; index++) this.#report(ids[index]!);
    }
  }

  #report(id: number): void {
    if (this.#seenGroups[id] === this.#scan) return;
    this.#seenGroups[id] = this.#scan;
    this.#found[this.#count++] = id;
  }

  /** Stamps tell the scans apart without clearing what earlier ones noted. */
  #nextStamp(): void {
    this.#count = 0;
    if (this.#scan === 0x7fff_ffff) {
      this.#scan = 0;
      this.#seenStates.fill(0);
      this.#seenGroups.fill(0);
    }
    this.#scan++;
  }
}

/** The most selective group first, then a few small ones that are selective too. */
function selectiveGroups(groups: PrefilterCondition["groups"]): readonly (readonly string[])[] {
  const [best, ...others] = groups
    .filter((group) => group.length > 0 && !group.includes(""))
    .map((group) => ({ group, most: group.every(isByte) ? MOST_BYTE_HITS : MOST_HITS }))
    .map(({ group, most }) => ({ group, most, hits: expectedHits(group, most) }))
    .filter(({ hits, most }) => hits <= most)
    .toSorted((a, b) => a.hits - b.hits);
  if (best === undefined) return [];
  const more = others.filter(({ group, hits }) => group.length <= MORE_GROUP_SIZE && hits <= MORE_GROUP_HITS);
  return [best, ...more.slice(0, MORE_GROUPS)].map(({ group }) => group);
}

function isByte(literal: string): boolean {
  return literal.length === 1;
}
