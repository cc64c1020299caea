import type { Interruption, Transaction } from "@cuirass/engine";
import type { UpstreamResponse } from "../upstream/upstream-exchange.ts";
import { Decompressor } from "@cuirass/node";

/** A response body on hold until its rules have decided, exactly as it came. */
export class HeldResponse {
  readonly pieces: Uint8Array[] = [];
  interruption: Interruption | undefined = undefined;
  /** All of the body is here. */
  complete = false;
  readonly #tx: Transaction;
  readonly #coding: string;
  readonly #limit: number;
  #bytes = 0;

  constructor(tx: Transaction, coding: string, limit: number) {
    this.#tx = tx;
    this.#coding = coding;
    this.#limit = limit;
  }

  /** Reads until the end or until the engine wants no more. Rejects as the response does, with a CodingError, or as the engine. */
  async fill(response: UpstreamResponse, idleMs: number): Promise<void> {
    const decompressor =
      this.#coding === "" ? undefined : new Decompressor(this.#coding, (bytes) => this.#inspect(bytes));
    try {
      for (;;) {
        const piece = await response.next(idleMs);
        if (piece === undefined) {
          this.complete = true;
          return await decompressor?.end();
        }
        this.pieces.push(piece);
        this.#bytes += piece.length;
        const more = await (decompressor === undefined ? this.#inspect(piece) : decompressor.write(piece));
        if (!more) return;
        if (this.#bytes > this.#limit) return await decompressor?.end();
      }
    } finally {
      decompressor?.close();
    }
  }

  async #inspect(bytes: Uint8Array): Promise<boolean> {
    const { interruption, accepted } = await this.#tx.writeResponseBody(bytes);
    this.interruption = interruption;
    return interruption === undefined && accepted === bytes.length;
  }
}
