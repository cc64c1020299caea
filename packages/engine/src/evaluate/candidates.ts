import type { Need, PhasePlan, Source } from "../compile/phase-plan.ts";
import type { Transaction } from "../transaction.ts";
import type { ViewValues } from "./view-values.ts";

/**
 * Which rules of the running phase have to be evaluated: those that always are, and those that a value may match.
 * Worked out segment by segment, so that nothing is done for rules that are skipped.
 *
 * Invariant: a rule that is not marked cannot match any value of its targets. Values are taken without the rule's
 * exclusions, so a mark promises nothing.
 */
export class Candidates {
  /** By position: 1 for a rule that has to be evaluated. True of the segments entered so far. */
  readonly marks: Uint8Array;
  /** Position after the segment entered last. */
  end = 0;
  readonly #tx: Transaction;
  readonly #plan: PhasePlan;
  #segment = 0;
  /** By view and by source: 1 once it has marked its rules. */
  readonly #viewsDone: Uint8Array;
  readonly #sourcesDone: Uint8Array;

  constructor(tx: Transaction, plan: PhasePlan) {
    this.#tx = tx;
    this.#plan = plan;
    this.marks = plan.always.slice();
    this.#viewsDone = new Uint8Array(tx.ruleset.views.length);
    this.#sourcesDone = new Uint8Array(plan.sourceCount);
  }

  /** Goes on to the segment that the position lies in. */
  enter(position: number): void {
    const { segments } = this.#plan;
    while (segments[this.#segment]!.end <= position) this.#segment++;
    const { end, waiting, needs } = segments[this.#segment]!;
    this.end = end;
    this.#tx.rulesPassedOver += waiting;
    for (let at = 0; at < needs.length; at++) this.#meet(needs[at]!);
  }

  #meet({ view, plain, sources }: Need): void {
    const values = this.#tx.views.scanned(view);
    if (values.haystacks.length === 0) return;
    const { haystacks } = this.#tx;
    if (this.#viewsDone[view] === 0) {
      this.#viewsDone[view] = 1;
      for (let at = 0; at < values.haystacks.length; at++) {
        this.#mark(haystacks.candidates(values.haystacks[at]!, plain));
      }
    }
    for (let at = 0; at < sources.length; at++) {
      const source = sources[at]!;
      if ((values.reactions & source.pipeline.bits) !== 0 && this.#sourcesDone[source.index] === 0) {
        this.#examine(source, values);
      }
    }
  }

  #examine({ index, pipeline, table }: Source, values: ViewValues): void {
    this.#sourcesDone[index] = 1;
    const { haystacks } = this.#tx;
    for (let at = 0; at < values.haystacks.length; at++) {
      const haystack = values.haystacks[at]!;
      if ((haystack.reactions & pipeline.bits) === 0) continue;
      this.#mark(haystacks.candidates(haystacks.transform(pipeline, haystack), table));
    }
  }

  #mark(positions: readonly number[]): void {
    for (let at = 0; at < positions.length; at++) this.marks[positions[at]!] = 1;
  }
}
