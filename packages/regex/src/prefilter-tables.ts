import { AhoCorasick } from "./aho-corasick.ts";

type Ids = readonly number[];

const noGroups: Ids = [];
/** Longer literals are looked for by a part of them: one that text and markup seldom have. */
export const LITERAL_LENGTH = 12;
/** A row of the automaton has two to the power of this many columns. */
export const ROW_BITS = 6;
/** Bits of two numbers, one for each kind of byte. */
const KIND_LIMIT = 62;

/** What a prefilter is made of. */
export interface PrefilterTables {
  /** By byte: the kinds of literal it is by itself, a bit each: 31 in the one, the rest in the other. */
  readonly kindsLow: Int32Array;
  readonly kindsHigh: Int32Array;
  /** Groups by kind of byte. */
  readonly kindGroups: readonly Ids[];
  readonly classes: Uint8Array;
  /** Next state by state and class; states from `firstReport` on report groups. */
  readonly table: Uint16Array | Uint32Array;
  readonly firstReport: number;
  /** By state: bytes read of the literal that is under way. Where bytes are skipped, more than any window has, or 0. */
  readonly depth: Uint16Array;
  readonly reports: Reports;
}

/** Groups by reporting state: those of one state lie one after the other. */
export interface Reports {
  /** By state, less the first reporting one: where its groups begin; and where the last ones end. */
  readonly starts: Int32Array;
  readonly ids: Uint32Array;
}

/** Makes the tables for groups of lower-case literals. `skipped` is 1 for bytes that are read as if they were not there. */
export function prefilterTables(groups: readonly (readonly string[])[], skipped?: Uint8Array): PrefilterTables {
  const uses = new Int32Array(256);
  const owners = ownersOf(groups, uses);
  const kinds = takeKinds(owners);
  const { bytes, merged } = columnsFor(uses);
  mergeBytes(owners, merged);
  const automaton = new AhoCorasick([...owners.keys()], bytes, ROW_BITS);
  const { phrases, classes, columns, table, phrase, shorter, firstEnd, end } = automaton;
  const depth = Uint16Array.from(automaton.depth.subarray(0, end));
  const stateGroups: Ids[] = [];
  for (let state = firstEnd; state < end; state++) {
    const own = phrase[state]! < 0 ? noGroups : owners.get(phrases[phrase[state]!]!)!;
    const inherited = shorter[state] === 0 ? noGroups : stateGroups[shorter[state]! - firstEnd]!;
    stateGroups.push(union(own, inherited));
  }
  for (const byte of merged) classes[byte] = classes[merged[0]!]!;
  const tables = { ...kinds, classes, table, firstReport: firstEnd, depth, reports: joined(stateGroups) };
  if (skipped !== undefined) skip(tables, skipped, columns);
  return tables;
}

function joined(lists: readonly Ids[]): Reports {
  const starts = new Int32Array(lists.length + 1);
  for (let at = 0; at < lists.length; at++) starts[at + 1] = starts[at]! + lists[at]!.length;
  const ids = new Uint32Array(starts[lists.length]!);
  for (let at = 0; at < lists.length; at++) ids.set(lists[at]!, starts[at]);
  return { starts, ids };
}

/** Gives bytes a column of their own, whose transitions stay where they are. */
function skip(tables: PrefilterTables, skipped: Uint8Array, column: number): void {
  const { kindsLow, kindsHigh, classes, table, depth } = tables;
  depth.fill(0xffff, 1);
  for (let byte = 0; byte < 256; byte++) {
    if (skipped[byte] === 0) continue;
    classes[byte] = column;
    kindsLow[byte] = 0;
    kindsHigh[byte] = 0;
  }
  for (let row = 0; row << ROW_BITS < table.length; row++) table[(row << ROW_BITS) + column] = row;
}

function union(own: Ids, inherited: Ids): Ids {
  if (own.length === 0 || inherited.length === 0) return own.length === 0 ? inherited : own;
  return [...new Set([...own, ...inherited])];
}

/** Groups by what is looked for of their literals. Counts the bytes of literals that have several. */
function ownersOf(groups: readonly (readonly string[])[], uses: Int32Array): Map<string, Ids> {
  const owners = new Map<string, number[]>();
  for (let id = 0; id < groups.length; id++) {
    const group = groups[id]!;
    for (let index = 0; index < group.length; index++) {
      const literal = telling(group[index]!);
      const known = owners.get(literal);
      if (known === undefined) {
        owners.set(literal, [id]);
        if (literal.length === 1) continue;
        for (let at = 0; at < literal.length; at++) uses[literal.charCodeAt(at) & 0xff]!++;
      } else if (known[known.length - 1] !== id) known.push(id);
    }
  }
  return owners;
}

/** By byte: 1 for those that are neither small letters nor digits. */
const isMark: Uint8Array = new Uint8Array(256).fill(1);
isMark.fill(0, 0x30, 0x3a);
isMark.fill(0, 0x61, 0x7b);

/** The part of a literal with fewest blanks and marks, which markup is full of; the first of equals. */
function telling(literal: string): string {
  if (literal.length <= LITERAL_LENGTH) return literal;
  let best = 0;
  let marks = 0;
  let fewest = Infinity;
  for (let at = 0; at < literal.length; at++) {
    marks += isMark[literal.charCodeAt(at) & 0xff]!;
    if (at >= LITERAL_LENGTH) marks -= isMark[literal.charCodeAt(at - LITERAL_LENGTH) & 0xff]!;
    if (at < LITERAL_LENGTH - 1 || marks >= fewest) continue;
    fewest = marks;
    best = at + 1 - LITERAL_LENGTH;
    if (marks === 0) break;
  }
  return literal.slice(best, best + LITERAL_LENGTH);
}

/**
 * Takes the literals of one byte out of the others. Bytes that belong to the same groups are one kind. Past the last bit
 * kinds share it: more is reported, never less.
 */
function takeKinds(owners: Map<string, Ids>): Pick<PrefilterTables, "kindsLow" | "kindsHigh" | "kindGroups"> {
  const kindsLow = new Int32Array(256);
  const kindsHigh = new Int32Array(256);
  const kindGroups: Ids[] = [];
  const numbers = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    const own = owners.get(String.fromCharCode(isUpper(byte) ? byte + 32 : byte));
    if (own === undefined) continue;
    const key = own.join();
    let kind = numbers.get(key);
    if (kind === undefined) {
      kind = Math.min(kindGroups.length, KIND_LIMIT - 1);
      numbers.set(key, kind);
      kindGroups[kind] = union(kindGroups[kind] ?? noGroups, own);
    }
    if (kind < 31) kindsLow[byte] = 1 << kind;
    else kindsHigh[byte] = 1 << (kind - 31);
  }
  for (let byte = 0; byte < 256; byte++) owners.delete(String.fromCharCode(byte));
  return { kindsLow, kindsHigh, kindGroups };
}

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/**
 * The bytes that get columns, and those that the first of them stands for: the ones that fewest literals have, where there
 * are too many for a row.
 */
function columnsFor(uses: Int32Array): { readonly bytes: readonly number[]; readonly merged: readonly number[] } {
  // Letters first: their cases share a column, so they cannot be merged with other bytes.
  const rank = (byte: number): number => (byte >= 0x61 && byte <= 0x7a ? 1e9 : uses[byte]!);
  const used = [...uses.keys()].filter((byte) => uses[byte]! > 0).toSorted((a, b) => rank(b) - rank(a));
  // One column is for bytes in no literal, one for the merged ones, one for skipped ones.
  const merged = used.slice((1 << ROW_BITS) - 3);
  return { bytes: used.slice(0, used.length - Math.max(0, merged.length - 1)), merged };
}

/** Takes bytes for the first of them. A literal is then found in a few more texts, never in fewer. */
function mergeBytes(owners: Map<string, Ids>, merged: readonly number[]): void {
  if (merged.length < 2) return;
  const representative = String.fromCharCode(merged[0]!);
  const rare = new RegExp(`[${merged.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}]`, "g");
  for (const literal of [...owners.keys()]) {
    if (literal.search(rare) < 0) continue;
    const own = owners.get(literal)!;
    const key = literal.replaceAll(rare, representative);
    owners.delete(literal);
    owners.set(key, union(owners.get(key) ?? noGroups, own));
  }
}
