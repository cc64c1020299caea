import type { Prefilter } from "@cuirass/regex";
import { StepScanners } from "./step-scanners.ts";

/** Bits of a number that V8 keeps in place. */
const BITS = 31;

/** What the view tables of one side share, in all of its phases. */
export class TableParts {
  readonly #prefilter: Prefilter;
  readonly #byVariable = new Map<number, StepScanners>();
  #bits = 0;
  /** What is noted of values holds for one turn (`Entered`). */
  turn = 0;

  constructor(prefilter: Prefilter) {
    this.#prefilter = prefilter;
  }

  /** The scanners for the values of a variable. */
  scannersOf(variable: number): StepScanners {
    let scanners = this.#byVariable.get(variable);
    if (scanners === undefined) this.#byVariable.set(variable, (scanners = new StepScanners(this.#prefilter)));
    return scanners;
  }

  /** A bit that no other table has; 0 when there is none left. */
  takeBit(): number {
    return this.#bits < BITS ? 1 << this.#bits++ : 0;
  }
}
