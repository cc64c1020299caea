/** Responses that wait for evaluation although nobody waits for the result. */
const MAX_WAITING = 1000;
const MAX_BYTES = 64 * 1024 * 1024;

/** Work to be done between messages. Invariant: bounded in number and in bytes of messages. */
export class BackgroundWork {
  readonly #waiting: { readonly bytes: number; readonly run: () => Promise<void> }[] = [];
  #bytes = 0;

  get size(): number {
    return this.#waiting.length;
  }

  /** False when there is no room; the work is not kept then. */
  add(bytes: number, run: () => Promise<void>): boolean {
    if (this.#waiting.length >= MAX_WAITING || this.#bytes + bytes > MAX_BYTES) return false;
    this.#waiting.push({ bytes, run });
    this.#bytes += bytes;
    return true;
  }

  /** Does one piece; false when there is none. */
  async runOne(): Promise<boolean> {
    const work = this.#waiting.shift();
    if (work === undefined) return false;
    this.#bytes -= work.bytes;
    await work.run();
    return true;
  }
}
