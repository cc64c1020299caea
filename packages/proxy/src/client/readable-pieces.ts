import type { Readable } from "node:stream";
import type { MaybePromise } from "@cuirass/engine";

/** Pulls a stream piece by piece, without a promise while there is something to read. */
export class ReadablePieces {
  readonly #stream: Readable;
  #ended: boolean;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#ended = stream.readableEnded;
    stream.on("readable", () => this.#wake?.());
    stream.on("end", () => this.#end(undefined));
    stream.on("error", (error) => this.#end(error));
    stream.on("aborted", () => this.#end(new Error("broken off")));
    stream.on("close", () => this.#end(this.#ended ? undefined : new Error("broken off")));
  }

  /** The next piece, undefined at the end. Rejects when the stream fails or is silent for `idleMs`. */
  next(idleMs: number): MaybePromise<Buffer | undefined> {
    const piece = this.#read();
    return piece !== undefined || this.#ended ? piece : this.#wait(idleMs);
  }

  #read(): Buffer | undefined {
    if (this.#error !== undefined) throw this.#error;
    return (this.#stream.read() as Buffer | null) ?? undefined;
  }

  async #wait(idleMs: number): Promise<Buffer | undefined> {
    for (;;) {
      const woken = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), idleMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
      this.#wake = undefined;
      if (!woken) throw new SilenceError(idleMs);
      const piece = this.#read();
      if (piece !== undefined || this.#ended) return piece;
    }
  }

  #end(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake?.();
  }
}

/** Nothing came for too long. */
export class SilenceError extends Error {
  constructor(idleMs: number) {
    super(`nothing came for ${idleMs} ms`);
  }
}
