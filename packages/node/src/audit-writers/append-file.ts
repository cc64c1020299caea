import { close, closeSync, open, openSync, write, writeSync } from "node:fs";
import { promisify } from "node:util";

const openFile = promisify(open);

/**
 * A file that is appended to in the background and opened anew after rotation. `/dev/stdout` and `/dev/stderr` mean this
 * process's own streams.
 */
export class AppendFile {
  readonly #path: string;
  readonly #mode: number;
  #descriptor: number | undefined;

  constructor(path: string, mode: number) {
    this.#path = path;
    this.#mode = mode;
  }

  /** Appends all bytes or rejects; then the next call opens the path anew. One call at a time. */
  async append(bytes: Buffer): Promise<void> {
    // Not synchronously: opening a pipe waits for its reader.
    this.#descriptor ??= this.#own() ?? (await openFile(this.#path, "a", this.#mode));
    try {
      for (let at = 0; at < bytes.length;) at += await writeSome(this.#descriptor, bytes, at);
    } catch (error) {
      this.reopen();
      throw error;
    }
  }

  /** For the last moments of a process. */
  appendSync(bytes: Buffer): void {
    const descriptor = this.#own() ?? openSync(this.#path, "a", this.#mode);
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    if (descriptor > 2) closeSync(descriptor);
  }

  /** The next write opens the path anew. Not while one is under way: the owner sees to that. */
  reopen(): void {
    if (this.#descriptor !== undefined && this.#descriptor > 2) close(this.#descriptor);
    this.#descriptor = undefined;
  }

  #own(): number | undefined {
    if (this.#path === "/dev/stdout") return 1;
    return this.#path === "/dev/stderr" ? 2 : undefined;
  }
}

function writeSome(descriptor: number, bytes: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const step = (): void => {
      write(descriptor, bytes, at, bytes.length - at, null, (error, written) => {
        // A pipe whose reader is slow: not broken, only full.
        if (error !== null && error.code === "EAGAIN") setTimeout(step, 5);
        else if (error === null) resolve(written);
        else reject(error);
      });
    };
    step();
  });
}
