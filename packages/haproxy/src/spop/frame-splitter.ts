import { SpopStatus } from "./disconnect.ts";
import { LENGTH_BYTES, MIN_FRAME_LENGTH } from "./frame.ts";

const FIRST_ALLOCATION = 4096;

/**
 * Cuts a byte stream into frames.
 *
 * Invariant: memory held is at most one frame of the limit in force, and is only allocated as bytes arrive; the announced
 * length is checked before.
 */
export class FrameSplitter {
  /** Largest frame accepted from now on. */
  limit: number;
  #held: Buffer = Buffer.alloc(0);
  #size = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes of memory in use for an incomplete frame. */
  get held(): number {
    return this.#held.length;
  }

  /**
   * Takes what a socket delivered. `onFrame` gets each complete frame without its length field, as a view that is valid
   * only during the call; it returns false to stop.
   * Returns the status to disconnect with when the stream is broken.
   */
  push(chunk: Buffer, onFrame: (frame: Buffer) => boolean): number | undefined {
    let at = 0;
    if (this.#size > 0) {
      at = this.#fill(chunk, at, LENGTH_BYTES);
      if (this.#size < LENGTH_BYTES) return undefined;
      const length = this.#held.readUInt32BE(0);
      const broken = this.#refusal(length);
      if (broken !== undefined) return broken;
      const needed = LENGTH_BYTES + length;
      at = this.#fill(chunk, at, needed);
      if (this.#size < needed) return undefined;
      this.#size = 0;
      if (!onFrame(this.#held.subarray(LENGTH_BYTES, needed))) return undefined;
    }
    while (chunk.length - at >= LENGTH_BYTES) {
      const length = chunk.readUInt32BE(at);
      const broken = this.#refusal(length);
      if (broken !== undefined) return broken;
      const end = at + LENGTH_BYTES + length;
      if (end > chunk.length) break;
      const start = at + LENGTH_BYTES;
      at = end;
      if (!onFrame(chunk.subarray(start, end))) return undefined;
    }
    this.#fill(chunk, at, Infinity);
    return undefined;
  }

  #refusal(length: number): number | undefined {
    if (length > this.limit) return SpopStatus.tooBig;
    return length < MIN_FRAME_LENGTH ? SpopStatus.invalid : undefined;
  }

  /** Copies bytes from `at` on until `needed` are held; returns the position after them. */
  #fill(chunk: Buffer, at: number, needed: number): number {
    const end = Math.min(chunk.length, at + Math.max(0, needed - this.#size));
    const size = this.#size + end - at;
    if (size > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(size, Math.min(needed, Math.max(FIRST_ALLOCATION, 2 * size))));
      this.#held.copy(grown, 0, 0, this.#size);
      this.#held = grown;
    }
    chunk.copy(this.#held, this.#size, at, end);
    this.#size = size;
    return end;
  }
}
