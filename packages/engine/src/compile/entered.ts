import type { TableParts } from "./table-parts.ts";

/**
 * The segments of a phase that were entered at least once since the WAF was made. A value that may match rules of other
 * segments only is quiet for the time being: under the CRS those are the rules above its paranoia level.
 *
 * Invariant: with the first transaction that enters a segment the turn changes, so that nothing that was called quiet before
 * is taken for it any longer.
 * Perf: 23 values of a browser's request may match a rule of a higher level, mostly a cookie, and were looked at one by one for
 * as long as the process ran: 5 of 130 µs (bench, level 1).
 */
export class Entered {
  /** By position. */
  readonly #segmentOf: Uint32Array;
  /** By segment: 1 once it was entered. */
  readonly #entered: Uint8Array;
  readonly #parts: TableParts;

  /** `ends` are the positions after each segment. */
  constructor(ends: Int32Array, parts: TableParts) {
    this.#parts = parts;
    this.#entered = new Uint8Array(ends.length);
    this.#segmentOf = new Uint32Array(ends[ends.length - 1] ?? 0);
    let from = 0;
    ends.forEach((end, segment) => {
      this.#segmentOf.fill(segment, from, end);
      from = end;
    });
  }

  enter(segment: number): void {
    if (this.#entered[segment] === 1) return;
    this.#entered[segment] = 1;
    this.#parts.turn++;
  }

  /** True when one of the positions lies where some transaction was. */
  reaches(positions: readonly number[]): boolean {
    for (let at = 0; at < positions.length; at++) {
      if (this.#entered[this.#segmentOf[positions[at]!]!] === 1) return true;
    }
    return false;
  }
}
