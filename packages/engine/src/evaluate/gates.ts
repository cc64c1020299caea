import type { Prefilter } from "@cuirass/regex";
import type { ByteString } from "../text/bytes.ts";

/**
 * The prefilter's answers in one transaction: every text is scanned once, however many rules look at it.
 *
 * Invariant: false only when no rule behind the gate can match the text.
 */
export class Gates {
  readonly #prefilter: Prefilter;
  readonly #found = new Map<ByteString, Uint32Array>();

  constructor(prefilter: Prefilter) {
    this.#prefilter = prefilter;
  }

  mayMatch(gate: number, text: ByteString): boolean {
    let found = this.#found.get(text);
    if (found === undefined) {
      found = this.#prefilter.scan(text);
      this.#found.set(text, found);
    }
    return (found[gate >> 5]! & (1 << (gate & 31))) !== 0;
  }
}
