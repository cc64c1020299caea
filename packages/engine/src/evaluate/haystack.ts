import type { Gate, Prefilter } from "@cuirass/regex";
import { SkippingFinder } from "@cuirass/regex";
import type { Pipeline } from "../compile/ruleset.ts";
import { ALWAYS } from "../compile/pipelines.ts";
import type { Place, ViewTable } from "../compile/view-table.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Entry } from "../variables/collections.ts";
import { markOf } from "../text/mark.ts";
import { ownCopy } from "../text/own-copy.ts";
import { MetTwice, WAYS } from "./met-twice.ts";
import { RecentTexts } from "./recent-texts.ts";

const noPositions: readonly number[] = [];
const noGroups: readonly number[] = [];
const noBytes: Uint8Array = new Uint8Array(256);
/** Single bytes that are looked for one by one. */
const FEW_BYTES = 8;

/** A text that rules look at, with what the prefilter tells of it. */
export class Haystack {
  readonly text: ByteString;
  readonly prefilter: Prefilter;
  /** Groups of the prefilter that have a literal in the text; undefined until it is scanned. */
  groups: readonly number[] | undefined = undefined;
  /** Transformations that may change the text, a bit each (`Pipeline.bit`); all of them until it is scanned. */
  reactions = -1;
  /** By transformation: what it makes of the text. */
  results: (Haystack | undefined)[] | undefined = undefined;
  /** Bits of the tables (`ViewTable.bit`) none of whose rules the text may match, in this turn. */
  quiet = 0;
  turn = 0;
  /** The rules that the text may match, for each view that it is a value of. */
  #candidates: ViewCandidates | undefined = undefined;
  /** It outlives its transaction, so what is found out about it is worth keeping. */
  readonly shared: boolean;
  /** The last scanner for some of the literals, and what it found. */
  #scanner: Prefilter | undefined = undefined;
  #someGroups: readonly number[] = noGroups;
  /** Operators that were asked about this text and found nothing, or something (`CompiledOperator.memo`). */
  #refuted: number[] | undefined = undefined;
  #confirmed: number[] | undefined = undefined;

  constructor(text: ByteString, prefilter: Prefilter, shared: boolean) {
    this.text = text;
    this.prefilter = prefilter;
    this.shared = shared;
  }

  /** What an operator said of the text; undefined when it was not asked. */
  answerOf(memo: number): boolean | undefined {
    if (this.#refuted?.includes(memo)) return false;
    return this.#confirmed?.includes(memo) ? true : undefined;
  }

  keepAnswer(memo: number, matched: boolean): void {
    if (matched) (this.#confirmed ??= []).push(memo);
    else (this.#refuted ??= []).push(memo);
  }

  /** Positions of the rules that the text may match as a value of the view; undefined when that is not known. */
  candidates(table: ViewTable): readonly number[] | undefined {
    const known = this.#of(table);
    if (known === undefined) return undefined;
    this.#quieten(table, known.positions);
    return known.positions;
  }

  keepCandidates(table: ViewTable, positions: readonly number[]): void {
    this.#quieten(table, positions);
    this.#candidates = { table, positions, next: this.#candidates };
  }

  /** The text turned out not to match a rule: it need not be a candidate again. */
  dropCandidate(table: ViewTable, position: number): void {
    const known = this.#of(table);
    if (known === undefined) return;
    known.positions = known.positions.filter((candidate) => candidate !== position);
    this.#quieten(table, known.positions);
  }

  #quieten(table: ViewTable, positions: readonly number[]): void {
    const { bit, turn } = table;
    if (bit === 0 || !table.isQuiet(positions)) return;
    if (this.turn !== turn) this.quiet = 0;
    this.turn = turn;
    this.quiet |= bit;
  }

  #of(table: ViewTable): ViewCandidates | undefined {
    let known = this.#candidates;
    while (known !== undefined && known.table !== table) known = known.next;
    return known;
  }

  scan(): readonly number[] {
    const { groups, flags } = this.prefilter.scan(this.text);
    this.reactions = flags | ALWAYS;
    this.groups = groups;
    return groups;
  }

  /** Groups that a scanner for some of the literals finds; no others, unless it is the prefilter. */
  scanWith(scanner: Prefilter): readonly number[] {
    if (scanner === this.prefilter) return this.scan();
    if (scanner === this.#scanner) return this.#someGroups;
    const { groups, flags } = scanner.scan(this.text);
    // They are facts about the text, whatever literals were looked for.
    this.reactions = flags | ALWAYS;
    this.#scanner = scanner;
    this.#someGroups = groups;
    return groups;
  }
}

/** The rules that a text may match as a value of one view; a text is a value of one or two. */
interface ViewCandidates {
  readonly table: ViewTable;
  positions: readonly number[];
  readonly next: ViewCandidates | undefined;
}

/** Longer texts are kept among a few others only. */
const SHARED_LENGTH = 256;
/** Still longer ones for their transaction only. */
const LONGEST_SHARED = 65_536;
/** Bytes of long texts that are kept. */
const LONG_BYTES = 1_048_576;
/**
 * And of those that came once. Few enough that most are gone again when the collector next comes by, which would copy them.
 * Perf: an eighth of a megabyte instead of one: a GET with a new page of 10 KB 280 us of CPU instead of 284 (e2e:http, load).
 */
const MET_BYTES = 131_072;
/** Long texts of a transaction that a new one is compared with. */
const LONG_TEXTS = 16;
/** Places for the texts of a transaction, a power of two. */
const OWN_PLACES = 128;
/** Places of the memo, a power of two. */
const PLACES = 16_384;

/**
 * Texts that came up at least twice lately, whichever transactions they came from: header values, names, cookies, pages.
 *
 * Invariant: holds facts about texts alone, at most PLACES short ones and what transformations made of each, LONG_BYTES of
 * long ones without such results, and never a slice of a longer text, which would keep all of it in memory, but for texts
 * that came once.
 */
export class HaystackMemo {
  readonly prefilter: Prefilter;
  readonly #recent = new MetTwice<Haystack>(PLACES);
  /** Mark of the text that was looked for last. */
  lastMark = 0;
  readonly #long = new RecentTexts<Haystack>(LONG_BYTES);
  readonly #metLong = new RecentTexts<{ readonly text: ByteString }>(MET_BYTES);

  /** By gate: what finds its literals, when they are few. */
  readonly #finders = new Map<Gate, SkippingFinder | undefined>();

  constructor(prefilter: Prefilter) {
    this.prefilter = prefilter;
  }

  /**
   * Finds the literals of one gate in texts that nothing else would be scanned for; undefined unless they are a few single
   * bytes, which the host finds, or finds missing, at one go.
   * Perf: rule 920240 asks for a percent sign: 12 MB in 0.1 ms instead of 37 (bench, worst cases).
   */
  finderFor(gate: Gate): SkippingFinder | undefined {
    if (!this.#finders.has(gate)) {
      const { groups } = this.prefilter;
      const literals = gate.flatMap((group) => groups[group]!);
      const isSparse = literals.length <= FEW_BYTES && literals.every((literal) => literal.length === 1);
      this.#finders.set(gate, isSparse ? new SkippingFinder(groups, [gate], noBytes) : undefined);
    }
    return this.#finders.get(gate);
  }

  /** The text, if it is kept. */
  find(text: ByteString): Haystack | undefined {
    const mark = markOf(text);
    this.lastMark = mark;
    for (let way = 0; way < WAYS; way++) {
      const kept = this.#recent.at(mark, way);
      if (kept !== undefined && kept.text === text) return kept;
    }
    return undefined;
  }

  /** Of a text that `find` has just not found: kept from now on if it, or one that looks like it, was not found before. */
  keepIfMet(text: ByteString): Haystack | undefined {
    const place = this.#recent.placeIfMet(this.lastMark);
    if (place < 0) return undefined;
    return this.#recent.keep(place, this.lastMark, new Haystack(ownCopy(text), this.prefilter, true));
  }

  /**
   * A long text that is kept, or is from now on since it came before: pages that do not change, cookies of one visitor.
   * Perf: phase 4 of a page of 10 KB that came before takes 11 us instead of 39 (bench, level 1). A text is compared whole
   * with the last one that looked like it, so pages that differ in a token are never copied.
   */
  findLong(text: ByteString): Haystack | undefined {
    if (text.length > LONGEST_SHARED) return undefined;
    const mark = markOf(text);
    const kept = this.#long.find(mark, text);
    if (kept !== undefined) return kept;
    if (this.#metLong.find(mark, text) === undefined) {
      this.#metLong.add(mark, { text });
      return undefined;
    }
    this.#metLong.remove(mark);
    const haystack = new Haystack(ownCopy(text), this.prefilter, true);
    this.#long.add(mark, haystack);
    return haystack;
  }
}

/** The texts of one transaction, each scanned and transformed once, whatever number of rules ask. */
export class Haystacks {
  readonly memo: HaystackMemo;
  /** Short texts of this transaction alone, by mark; the last one of each place. */
  readonly #own = new Array<Haystack | undefined>(OWN_PLACES);
  /** The last long ones: a table of texts would hash every byte of them. */
  readonly #long: Haystack[] = [];
  #longCount = 0;
  /** What transformations made of long ones that outlive the transaction, which these results shall not. */
  #longResults: Map<Haystack, (Haystack | undefined)[]> | undefined = undefined;

  constructor(memo: HaystackMemo) {
    this.memo = memo;
  }

  /** Perf: a long text that is only a step on the way to another one is never scanned. */
  of(text: ByteString): Haystack {
    if (text.length > SHARED_LENGTH) return this.#ofLong(text, true);
    const { memo } = this;
    const kept = memo.find(text);
    if (kept !== undefined) return kept;
    const place = memo.lastMark & (OWN_PLACES - 1);
    const own = this.#own[place];
    if (own !== undefined && own.text === text) return own;
    return memo.keepIfMet(text) ?? (this.#own[place] = new Haystack(text, memo.prefilter, false));
  }

  /** `asked`: it came with the traffic, so it may come again. */
  #ofLong(text: ByteString, asked: boolean): Haystack {
    const long = this.#long;
    const { length } = text;
    for (let at = 0; at < long.length; at++) {
      const known = long[at]!;
      if (known.text.length === length && known.text === text) return known;
    }
    const kept = asked ? this.memo.findLong(text) : undefined;
    const haystack = kept ?? new Haystack(text, this.memo.prefilter, false);
    long[this.#longCount++ % LONG_TEXTS] = haystack;
    return haystack;
  }

  /**
   * What a transformation made of a haystack: it lives as long as that one, which holds it. It has no place in the memo, since
   * it often has the mark of what it was made of, and the two would drive each other out.
   */
  #resultOf({ shared }: Haystack, text: ByteString): Haystack {
    if (text.length > SHARED_LENGTH) return this.#ofLong(text, false);
    return new Haystack(shared ? ownCopy(text) : text, this.memo.prefilter, shared);
  }

  groupsOf(haystack: Haystack): readonly number[] {
    return haystack.groups ?? haystack.scan();
  }

  /** The value of an entry; kept there, so that the next rule need not look it up. */
  ofEntry(entry: Entry): Haystack {
    const known = entry.haystack;
    if (known !== undefined && known.text === entry.value && known.prefilter === this.memo.prefilter) return known;
    const haystack = this.of(entry.value);
    // Entries that outlive the transaction hold nothing that does not.
    if (entry.shared && !haystack.shared) return haystack;
    // The same text: equal strings that are one object are compared at once.
    entry.value = haystack.text;
    return (entry.haystack = haystack);
  }

  /** Positions of the rules that the haystack may match as a value of a view. */
  candidates(haystack: Haystack, table: ViewTable): readonly number[] {
    const known = haystack.candidates(table);
    if (known !== undefined) return known;
    const positions = this.#collect(haystack, table);
    haystack.keepCandidates(table, positions);
    return positions;
  }

  #collect(haystack: Haystack, table: ViewTable): readonly number[] {
    const found: number[] = [];
    this.#ask(haystack, table, table.start, found);
    return found.length === 0 ? noPositions : found;
  }

  /** Appends the rules that a text may match from a place on. */
  #ask(haystack: Haystack, table: ViewTable, place: Place, found: number[]): void {
    let { groups, reactions } = haystack;
    if (groups === undefined && place !== table.start && haystack.text.length > SHARED_LENGTH && !place.judged) {
      // A long text that is only a step on the way to another one is not scanned: all steps are tried on it, whatever is known
      // of its reactions, since a step passed over would leave it to rules further on that are not asked about here.
      groups = noGroups;
      reactions = -1;
    } else if (groups === undefined) {
      groups = this.#isScannedInFull(haystack, table, place)
        ? haystack.scan()
        : haystack.scanWith(table.scannerAt(place));
      ({ reactions } = haystack);
    }
    const { reaches, steps } = table.reading(place, reactions);
    if (groups.length > 0) table.collect(groups, reaches, found);
    for (let at = 0; at < steps.length; at++) {
      const { pipeline, place: next } = steps[at]!;
      if (!this.#askWithout(haystack, table, pipeline, next, found)) {
        this.#ask(this.#step(pipeline, haystack), table, next, found);
      }
    }
  }

  /**
   * Texts that outlive the transaction, and short values: they will be asked about by other views.
   * Perf: long values of few rules are read with the literals of these rules alone, whose table is half a megabyte where that
   * of the CRS is nine: 894 bytes of new cookies in 4.7 µs instead of 10 (bench, level 1).
   */
  #isScannedInFull({ shared, text }: Haystack, table: ViewTable, place: Place): boolean {
    return shared || (place === table.start && text.length <= SHARED_LENGTH);
  }

  /**
   * `#ask` about what a long text is after a last step that only removes bytes, without removing them; false when it has to
   * be made. Short ones are made and kept.
   */
  #askWithout(haystack: Haystack, table: ViewTable, { erasing }: Pipeline, place: Place, found: number[]): boolean {
    if (erasing === undefined || place.bits !== 0 || haystack.text.length <= SHARED_LENGTH) return false;
    const { bytes, unless } = erasing;
    for (let at = 0; at < unless.length; at++) if (haystack.text.includes(unless[at]!)) return false;
    const { groups } = table.scannerWithout(place, haystack.prefilter, bytes).scan(haystack.text);
    table.collect(groups, table.reading(place, 0).reaches, found);
    return true;
  }

  /** True when the haystack has a literal of every group of the gate. */
  passes(gate: Gate, haystack: Haystack): boolean {
    if (gate.length === 0) return true;
    const finder = haystack.text.length > LONGEST_SHARED ? this.memo.finderFor(gate) : undefined;
    const groups =
      finder === undefined ? this.groupsOf(haystack) : (haystack.groups ?? finder.scan(haystack.text).groups);
    for (let at = 0; at < gate.length; at++) if (!groups.includes(gate[at]!)) return false;
    return true;
  }

  /**
   * The haystack after all steps of a pipeline. Steps that the text cannot react to are not called.
   *
   * Compat: results belong to the text; Coraza keeps them by position, which hands one value the result of another (gaps A1).
   */
  transform(pipeline: Pipeline, haystack: Haystack): Haystack {
    if ((haystack.reactions & pipeline.bits) === 0) return haystack;
    return this.#step(pipeline, this.transform(pipeline.parent!, haystack));
  }

  /** The haystack and, for each step that changed it, the result: what multi-match tests, in order. */
  stages(pipeline: Pipeline, haystack: Haystack): Haystack[] {
    if (pipeline.parent === undefined) return [haystack];
    const stages = this.stages(pipeline.parent, haystack);
    const last = stages[stages.length - 1]!;
    const next = this.#step(pipeline, last);
    if (next !== last) stages.push(next);
    return stages;
  }

  #step(pipeline: Pipeline, before: Haystack): Haystack {
    if ((before.reactions & pipeline.bit) === 0) return before;
    const results = this.#resultsOf(before);
    let result = results[pipeline.step];
    if (result === undefined) {
      const text = pipeline.apply(before.text);
      result = text === before.text ? before : this.#resultOf(before, text);
      results[pipeline.step] = result;
    }
    return result;
  }

  #resultsOf(haystack: Haystack): (Haystack | undefined)[] {
    if (!haystack.shared || haystack.text.length <= SHARED_LENGTH) return (haystack.results ??= []);
    const all = (this.#longResults ??= new Map());
    const known = all.get(haystack);
    if (known !== undefined) return known;
    const results: (Haystack | undefined)[] = [];
    all.set(haystack, results);
    return results;
  }
}
