import { closeSync, fstatSync, openSync, statSync, write } from "node:fs";

/** Lines that may wait to be written. */
const MAX_LINES = 10_000;
const ROTATION_CHECK_MS = 5000;

/**
 * A log that is appended to in the background.
 *
 * Invariant: never blocks and never grows: lines that do not fit are dropped and counted. A file that was renamed or
 * removed is opened anew within 5 seconds.
 */
export class LogFile {
  readonly #path: string;
  readonly #onDropped: (lines: number) => void;
  #descriptor: number;
  #lines: string[] = [];
  #writing = false;
  #onWritten: (() => void) | undefined;
  readonly #timer: NodeJS.Timeout;

  /** @throws Error when the file cannot be opened. */
  constructor(path: string, onDropped: (lines: number) => void) {
    this.#path = path;
    this.#onDropped = onDropped;
    this.#descriptor = openSync(path, "a", 0o666);
    this.#timer = setInterval(() => this.#checkRotation(), ROTATION_CHECK_MS).unref();
  }

  write(line: string): void {
    if (this.#lines.length >= MAX_LINES) return this.#onDropped(1);
    this.#lines.push(line);
    if (!this.#writing) this.#flush();
  }

  /** Opens the path anew: after log rotation. */
  reopen(): void {
    try {
      const fresh = openSync(this.#path, "a", 0o666);
      if (!this.#writing) closeSync(this.#descriptor);
      this.#descriptor = fresh;
    } catch {
      // The old file stays open: lines in a rotated file are better than none.
    }
  }

  /** Resolves when all lines are written, and closes the file. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#writing) await new Promise<void>((resolve) => (this.#onWritten = resolve));
    closeSync(this.#descriptor);
  }

  #flush(): void {
    const lines = this.#lines;
    this.#lines = [];
    this.#writing = true;
    const descriptor = this.#descriptor;
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    const step = (at: number): void => {
      write(descriptor, bytes, at, bytes.length - at, null, (error, written) => {
        if (error !== null) this.#onDropped(lines.length);
        else if (at + written < bytes.length) return step(at + written);
        if (descriptor !== this.#descriptor) closeSync(descriptor);
        if (this.#lines.length > 0) return this.#flush();
        this.#writing = false;
        this.#onWritten?.();
      });
    };
    step(0);
  }

  #checkRotation(): void {
    const now = statSync(this.#path, { throwIfNoEntry: false });
    if (now === undefined || now.ino !== fstatSync(this.#descriptor).ino) this.reopen();
  }
}
