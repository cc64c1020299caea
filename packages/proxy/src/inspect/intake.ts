import type { MaybePromise } from "@cuirass/engine";
import type { HeaderLines, RequestBody } from "../client/client-stream.ts";
import { isPromise } from "@cuirass/engine";
import { ClientFault } from "../client/client-stream.ts";

/** How slow a client may be. */
export interface IntakeLimits {
  /** Bytes per second, averaged over the time that the client was waited for. */
  readonly minRate: number;
  /** Milliseconds of waiting before the rate counts. */
  readonly graceMs: number;
}

/** A request body as it comes in: counted, and given up when it comes too slowly (slow loris). */
export class Intake {
  readonly length: number | undefined;
  bytes = 0;
  ended = false;
  readonly #body: RequestBody;
  readonly #limits: IntakeLimits | undefined;
  #waitedMs = 0;

  constructor(body: RequestBody, limits: IntakeLimits | undefined) {
    this.#body = body;
    this.#limits = limits;
    this.length = body.length;
  }

  get trailers(): HeaderLines {
    return this.#body.trailers;
  }

  /** The next piece, undefined at the end. Rejects with a {@link ClientFault}. */
  next(): MaybePromise<Buffer | undefined> {
    const piece = this.#body.next();
    return isPromise(piece) ? this.#wait(piece) : this.#count(piece);
  }

  async #wait(piece: Promise<Buffer | undefined>): Promise<Buffer | undefined> {
    const started = performance.now();
    const arrived = this.#count(await piece);
    this.#waitedMs += performance.now() - started;
    const limits = this.#limits;
    if (limits !== undefined && !this.ended && this.#waitedMs > limits.graceMs) {
      if (this.bytes / (this.#waitedMs / 1000) < limits.minRate) {
        throw new ClientFault(408, "the body arrives too slowly");
      }
    }
    return arrived;
  }

  #count(piece: Buffer | undefined): Buffer | undefined {
    if (piece === undefined) this.ended = true;
    else this.bytes += piece.length;
    return piece;
  }
}
