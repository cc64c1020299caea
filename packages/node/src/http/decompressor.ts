import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

// What ends early is inspected as far as it goes: that is what follows from stopping at a limit.
const tolerant = { finishFlush: constants.Z_SYNC_FLUSH };

const codings: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", (): Transform => createGunzip(tolerant)],
  ["x-gzip", (): Transform => createGunzip(tolerant)],
  ["deflate", (): Transform => createInflate(tolerant)],
  ["br", (): Transform => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH })],
]);

/** True when a content coding can be read. Several at once cannot. */
export function isReadableCoding(coding: string): boolean {
  return codings.has(coding);
}

/** The data are not what their Content-Encoding says. */
export class CodingError extends Error {}

/**
 * Decompresses piece by piece off the event loop. What comes out goes to `sink` at once and nothing is kept, and no more
 * comes out once `sink` answers false: a bomb costs no more than an honest body.
 */
export class Decompressor {
  readonly #stream: Transform;
  readonly #drained: Promise<void>;
  #error: unknown;
  #enough = false;

  constructor(coding: string, sink: (bytes: Uint8Array) => Promise<boolean>) {
    this.#stream = codings.get(coding)!();
    // Errors reach whoever waits in `write` and `end`. What is torn down on purpose complains as well.
    this.#stream.on("error", (error) => {
      if (!this.#enough) this.#error ??= new CodingError(error.message);
    });
    this.#drained = this.#drain(sink);
  }

  /** False when no more is wanted. Rejects with a {@link CodingError}, or with what `sink` rejects with. */
  async write(piece: Uint8Array): Promise<boolean> {
    if (!this.#done())
      await new Promise<void>((resolve) => this.#settle(resolve, () => this.#stream.write(piece, () => resolve())));
    if (this.#error !== undefined) throw this.#error;
    return !this.#enough;
  }

  /** Nothing more is to come. Rejects like `write`. */
  async end(): Promise<void> {
    if (!this.#done()) this.#stream.end();
    await this.#drained;
    if (this.#error !== undefined) throw this.#error;
  }

  close(): void {
    this.#stream.destroy();
  }

  #done(): boolean {
    return this.#enough || this.#error !== undefined || this.#stream.destroyed;
  }

  /** A destroyed stream does not call back. */
  #settle(resolve: () => void, work: () => void): void {
    this.#stream.once("close", resolve);
    work();
  }

  async #drain(sink: (bytes: Uint8Array) => Promise<boolean>): Promise<void> {
    try {
      for await (const piece of this.#stream) {
        if (!(await sink(piece as Buffer))) {
          this.#enough = true;
          break;
        }
      }
    } catch (error) {
      if (!this.#enough) this.#error ??= error;
    } finally {
      this.#stream.destroy();
    }
  }
}
