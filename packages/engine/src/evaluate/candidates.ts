import type { Need, PhasePlan, Source } from "../compile/phase-plan.ts";
import type { Transaction } from "../transaction.ts";
import type { Phase } from "../phase.ts";
import type { Haystacks } from "./haystack.ts";
import type { ViewValues } from "./view-values.ts";

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
  /** Tells what is of this use from what earlier ones left behind. */
  #stamp = 0;
  /** The last use that marked a rule, by position; that marked the rules of a view's plain values, and of a source. */
  readonly #marked: Int32Array;
  readonly #viewsDone: Int32Array;
  readonly #sourcesDone: Int32Array;

  constructor(plan: PhasePlan, views: number) {
    this.#plan = plan;
    this.#marked = new Int32Array(plan.rules.length);
    this.#viewsDone = new Int32Array(views);
    this.#sourcesDone = new Int32Array(plan.sourceCount);
  }

  begin(tx: Transaction): void {
    this.#tx = tx;
    this.#segment = 0;
    this.end = 0;
    if (this.#stamp === 0x7fff_ffff) {
      this.#stamp = 0;
      for (const used of [this.#marked, this.#viewsDone, this.#sourcesDone]) used.fill(0);
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

  /** Goes on to the segment that the position lies in. */
  enter(position: number): void {
    const { segments } = this.#plan;
    while (segments[this.#segment]!.end <= position) this.#segment++;
    const { end, waiting, needs } = segments[this.#segment]!;
    this.end = end;
    const tx = this.#tx!;
    tx.rulesPassedOver += waiting;
    for (let at = 0; at < needs.length; at++) this.#meet(tx, needs[at]!);
  }

  #meet(tx: Transaction, { view, plain, sources }: Need): void {
    const values = tx.views.scanned(view);
    if (values.haystacks.length === 0) return;
    const { haystacks } = tx;
    if (this.#viewsDone[view] !== this.#stamp) {
      this.#viewsDone[view] = this.#stamp;
      for (let at = 0; at < values.haystacks.length; at++) {
        this.#mark(haystacks.candidates(values.haystacks[at]!, plain));
      }
    }
    for (let at = 0; at < sources.length; at++) {
      const source = sources[at]!;
      if ((values.reactions & source.pipeline.bits) !== 0 && this.#sourcesDone[source.index] !== this.#stamp) {
        this.#examine(haystacks, source, values);
      }
    }
  }

  #examine(haystacks: Haystacks, { index, pipeline, table }: Source, values: ViewValues): void {
    this.#sourcesDone[index] = this.#stamp;
    for (let at = 0; at < values.haystacks.length; at++) {
      const haystack = values.haystacks[at]!;
      if ((haystack.reactions & pipeline.bits) === 0) continue;
      const groups = haystacks.groupsWithout(haystack, pipeline);
      this.#mark(
        groups === undefined
          ? haystacks.candidates(haystacks.transform(pipeline, haystack), table)
          : table.candidates(groups, 0),
      );
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
