import type { Bytes, Interruption } from "@cuirass/engine";
import { asBytes } from "@cuirass/engine";

/** How far a body has come. */
export class BodyProgress {
  readonly coding: string;
  readonly limit: number;
  /** Pieces of a compressed body as they came. */
  readonly pieces: Uint8Array[] = [];
  /** What the engine did not take of the last piece. */
  rest: Uint8Array | undefined = undefined;
  interruption: Interruption | undefined = undefined;
  error: unknown = undefined;
  /** Bytes the engine has taken. */
  accepted = 0;
  #size = 0;

  constructor(coding: string, limit: number) {
    this.coding = coding;
    this.limit = limit;
  }

  /** True when compressed data went past the limit, whatever they decompress to. */
  get beyondLimit(): boolean {
    return this.#size > this.limit;
  }

  keep(piece: Bytes): boolean {
    this.pieces.push(asBytes(piece));
    this.#size += piece.length;
    return !this.beyondLimit;
  }

  take(step: { readonly interruption: Interruption | undefined; readonly accepted: number }, piece: Bytes): boolean {
    this.interruption = step.interruption;
    this.accepted += step.accepted;
    if (step.interruption === undefined && step.accepted === piece.length) return true;
    this.rest = asBytes(piece).subarray(step.accepted);
    return false;
  }

  /** Told when the body ends, so that a write has one kind of answer. */
  fail(error: unknown, piece: Bytes): boolean {
    this.error = error;
    this.rest = asBytes(piece);
    return false;
  }
}
