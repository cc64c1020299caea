import type { Interruption, Transaction } from "@cuirass/engine";
import type { HeaderLines } from "../client/client-stream.ts";
import type { ForwardBody } from "../upstream/upstream-exchange.ts";
import type { Intake } from "./intake.ts";
import { forwardTrailers } from "../upstream/forward-headers.ts";
import { Decompressor } from "@cuirass/node";

/** The held part of a request body cannot be had back, so the request must not go on, whatever the policy. */
export class LostBodyError extends Error {}

/**
 * A request body on hold until its rules have decided. The inspected part lies in the transaction's buffer, or here as it
 * came when it is compressed; what comes after it flows by.
 */
export class HeldRequest {
  interruption: Interruption | undefined = undefined;
  readonly #tx: Transaction;
  readonly #intake: Intake;
  readonly #decompressor: Decompressor | undefined;
  readonly #limit: number;
  /** Pieces as they came: of a compressed body all of them, else what the engine did not take. */
  readonly #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #accepted = 0;

  constructor(tx: Transaction, intake: Intake, coding: string, limit: number) {
    this.#tx = tx;
    this.#intake = intake;
    this.#limit = limit;
    if (coding !== "") this.#decompressor = new Decompressor(coding, (bytes) => this.#inspectCopy(bytes));
  }

  /**
   * Reads the body until its end or until the engine wants no more. Rejects with a ClientFault, with a CodingError,
   * or with a failure of the engine's temporary storage; nothing that was read is lost then.
   */
  async fill(): Promise<void> {
    for (;;) {
      const piece = await this.#intake.next();
      if (piece === undefined) return this.#decompressor?.end();
      if (!(await (this.#decompressor === undefined ? this.#inspect(piece) : this.#keep(piece, this.#decompressor))))
        return;
    }
  }

  /** The body for the application: what was held, then the rest as it arrives. */
  forward(): ForwardBody {
    return new ReleasedBody(this.#tx, this.#intake, this.#accepted, this.#kept);
  }

  close(): void {
    this.#decompressor?.close();
  }

  async #inspect(piece: Uint8Array): Promise<boolean> {
    try {
      const { interruption, accepted } = await this.#tx.writeRequestBody(piece);
      this.interruption = interruption;
      this.#accepted += accepted;
      if (accepted < piece.length) this.#kept.push(piece.subarray(accepted));
      return interruption === undefined && accepted === piece.length;
    } catch (error) {
      this.#kept.push(piece);
      throw error;
    }
  }

  async #keep(piece: Uint8Array, decompressor: Decompressor): Promise<boolean> {
    this.#kept.push(piece);
    this.#keptBytes += piece.length;
    // A body that does not grow when it is unpacked must not fill the memory either.
    if (!(await decompressor.write(piece))) return false;
    if (this.#keptBytes <= this.#limit) return true;
    await decompressor.end();
    return false;
  }

  async #inspectCopy(bytes: Uint8Array): Promise<boolean> {
    const { interruption, accepted } = await this.#tx.writeRequestBody(bytes);
    this.interruption = interruption;
    return interruption === undefined && accepted === bytes.length;
  }
}

/** A body on its way to the application. */
class ReleasedBody implements ForwardBody {
  readonly length: number | undefined;
  readonly #tx: Transaction;
  readonly #intake: Intake;
  readonly #accepted: number;
  readonly #kept: readonly Uint8Array[];
  #buffered: Generator<Uint8Array, void, undefined> | undefined;
  #sent = 0;
  #at = 0;
  #live = false;
  /** Trailers came before the verdict, so rules have seen them. */
  readonly #inspectedTrailers: boolean;

  constructor(tx: Transaction, intake: Intake, accepted: number, kept: readonly Uint8Array[]) {
    this.#tx = tx;
    this.#intake = intake;
    this.#accepted = accepted;
    this.#kept = kept;
    this.#inspectedTrailers = intake.ended;
    // Known also for chunked bodies that have come whole: an application behind need not decode them.
    this.length = intake.length ?? (intake.ended && intake.trailers.length === 0 ? intake.bytes : undefined);
  }

  get trailers(): HeaderLines {
    return this.#inspectedTrailers ? forwardTrailers(this.#intake.trailers) : [];
  }

  next(): ReturnType<ForwardBody["next"]> {
    if (this.#sent < this.#accepted) {
      this.#buffered ??= this.#tx.requestBody.reader();
      const { value, done } = this.#buffered.next();
      if (done === true || value === undefined) throw new LostBodyError("the held request body is not complete");
      const piece = value.subarray(0, this.#accepted - this.#sent);
      this.#sent += piece.length;
      return piece;
    }
    if (this.#at < this.#kept.length) return this.#kept[this.#at++];
    if (this.#intake.ended) return undefined;
    this.#live = true;
    return this.#intake.next();
  }

  rewind(): boolean {
    if (this.#live) return false;
    this.#buffered = undefined;
    this.#sent = 0;
    this.#at = 0;
    return true;
  }
}
