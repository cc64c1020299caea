import type { PhasePlan } from "../compile/phase-plan.ts";
import type { Transaction } from "../transaction.ts";
import type { Phase } from "../phase.ts";

/** Transactions that wait for a port at the same time hold one each; more than this many are not kept. */
const POOL_LIMIT = 16;

/**
 * Which rules of the running phase have to be evaluated: those that always are, and those that a value may match.
 * Worked out segment by segment, so that nothing is done for rules that are skipped.
 *
 * Invariant: a rule that is not marked cannot match any value of its targets. Values are taken without the rule's
 * exclusions, so a mark promises nothing.
 */
export class Candidates {
  /** Position after the segment entered last. */
  end = 0;
  readonly #plan: PhasePlan;
  #tx: Transaction | undefined = undefined;
  #segment = 0;
  /** The turn for which values are asked about. */
  #turn = 0;
  /** Tells what is of this use from what earlier ones left behind. */
  #stamp = 0;
  /** The last use that marked a rule, by position; that asked the values of a view. */
  readonly #marked: Int32Array;
  readonly #viewsDone: Int32Array;

  constructor(plan: PhasePlan, views: number) {
    this.#plan = plan;
    this.#marked = new Int32Array(plan.rules.length);
    this.#viewsDone = new Int32Array(views);
  }

  begin(tx: Transaction): void {
    this.#tx = tx;
    this.#segment = 0;
    this.#turn = this.#plan.parts.turn;
    this.end = 0;
    if (this.#stamp === 0x7fff_ffff) {
      this.#stamp = 0;
      this.#marked.fill(0);
      this.#viewsDone.fill(0);
    }
    this.#stamp++;
  }

  /** Lets go of the transaction. */
  finish(): void {
    this.#tx = undefined;
  }

  /** True when the rule has to be evaluated. Its segment has been entered. */
  has(position: number): boolean {
    return this.#plan.always[position] === 1 || this.#marked[position] === this.#stamp;
  }

  /** The first rule from a position on that has to be evaluated; the end of the segment when there is none. */
  next(from: number): number {
    const { always } = this.#plan;
    const marked = this.#marked;
    const stamp = this.#stamp;
    const { end } = this;
    for (let at = from; at < end; at++) if (always[at] === 1 || marked[at] === stamp) return at;
    return end;
  }

  /** Goes on to the segment that the position lies in. */
  enter(position: number): void {
    const { ends, segments, entered, parts } = this.#plan;
    let segment = this.#segment;
    while (ends[segment]! <= position) segment++;
    this.#segment = segment;
    this.end = ends[segment]!;
    const { waiting, views } = segments[segment]!;
    if (waiting === 0) return;
    entered.enter(segment);
    if (this.#turn !== parts.turn) {
      // Values that were passed over so far may match rules from here on.
      this.#turn = parts.turn;
      this.#viewsDone.fill(0);
    }
    const tx = this.#tx!;
    tx.rulesPassedOver += waiting;
    for (let at = 0; at < views.length; at++) this.#ask(tx, views[at]!);
  }

  /** Marks the rules that the values of a view may match, those of later segments too. */
  #ask(tx: Transaction, view: number): void {
    if (this.#viewsDone[view] === this.#stamp) return;
    this.#viewsDone[view] = this.#stamp;
    const { tables, bits, bases } = this.#plan;
    const haystacks = tx.views.haystacks(bases[view]!);
    // Perf: most values are quiet, so neither the table nor the exclusions are looked at. There are not enough bits for all
    // views: those of single values can do without.
    let bit = bits[view]!;
    if (bit === 0 && haystacks.length > 1) bit = bits[view] = tables[view]!.takeBit();
    for (let at = 0; at < haystacks.length; at++) {
      const haystack = haystacks[at]!;
      if (((haystack.quiet & bit) !== 0 && haystack.turn === this.#turn) || tx.views.excludes(view, at)) continue;
      this.#mark(tx.haystacks.candidates(haystack, tables[view]!));
    }
  }

  #mark(positions: readonly number[]): void {
    for (let at = 0; at < positions.length; at++) this.#marked[positions[at]!] = this.#stamp;
  }
}

/**
 * Candidates to use again, by phase.
 * Perf: their tables lie outside the heap, and making them for every phase was work for the collector (bench, level 1).
 */
export class CandidatePool {
  readonly #free: Candidates[][] = [[], [], [], [], [], []];

  take(tx: Transaction, phase: Phase, plan: PhasePlan): Candidates {
    const candidates = this.#free[phase]!.pop() ?? new Candidates(plan, tx.ruleset.views.length);
    candidates.begin(tx);
    return candidates;
  }

  /** After the phase. Those of a phase that failed are left to the collector. */
  give(phase: Phase, candidates: Candidates): void {
    candidates.finish();
    if (this.#free[phase]!.length < POOL_LIMIT) this.#free[phase]!.push(candidates);
  }
}
