import type { BodyWriteResult, Interruption, MaybePromise } from "@cuirass/engine";
import { Decompressor } from "@cuirass/node";

/** Gives a body to the engine, unpacked when it is compressed, until the engine wants no more. */
export class BodyFeed {
  interruption: Interruption | undefined = undefined;
  /** The engine has taken all it will: its limit is reached, or it has decided. */
  full = false;
  readonly #write: (bytes: Uint8Array) => MaybePromise<BodyWriteResult>;
  readonly #decompressor: Decompressor | undefined;

  constructor(coding: string, write: (bytes: Uint8Array) => MaybePromise<BodyWriteResult>) {
    this.#write = write;
    if (coding !== "") this.#decompressor = new Decompressor(coding, (bytes) => this.#inspect(bytes));
  }

  /** Rejects with a CodingError, or as the engine does. */
  async add(piece: Uint8Array): Promise<void> {
    if (this.full || piece.length === 0) return;
    const more = await (this.#decompressor === undefined ? this.#inspect(piece) : this.#decompressor.write(piece));
    this.full = !more;
  }

  async end(): Promise<void> {
    await this.#decompressor?.end();
  }

  close(): void {
    this.#decompressor?.close();
  }

  async #inspect(bytes: Uint8Array): Promise<boolean> {
    const { interruption, accepted } = await this.#write(bytes);
    this.interruption = interruption;
    return interruption === undefined && accepted === bytes.length;
  }
}
