import type { ByteString } from "../text/bytes.ts";

const ALLOWANCE = 1_048_576;
const PER_BYTE = 4;

/**
 * Bounds the bytes of the argument names that a nested document gives: each leaf's name repeats the names of all it lies
 * in, so a long name around many leaves would make a quadratic amount of text.
 */
export class NameBudget {
  #left: number;

  constructor(documentLength: number) {
    this.#left = ALLOWANCE + PER_BYTE * documentLength;
  }

  /** False when the budget does not allow this name any more. */
  take(name: ByteString): boolean {
    this.#left -= name.length;
    return this.#left >= 0;
  }
}
