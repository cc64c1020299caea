import type { Duplex } from "node:stream";

const empty = Buffer.alloc(0);
/** Bytes kept for a reader that is busy before the sender is stopped. */
const HIGH_WATER = 65_536;

/** Pulls bytes off a socket on demand, so that a slow consumer slows the sender down. */
export class SocketReader {
  readonly #socket: Duplex;
  #pending: Buffer = empty;
  #ended = false;
  #paused = false;
  #wake: (() => void) | undefined;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onEnd);
  }

  /** Bytes received and not taken yet. */
  get pending(): Buffer {
    return this.#pending;
  }

  /** Waits for more bytes; false at the end of the stream, when the connection broke, or after `timeoutMs`. */
  more(timeoutMs: number): Promise<boolean> {
    if (this.#ended) return Promise.resolve(false);
    return new Promise((resolve) => {
      const before = this.#pending.length;
      const timer = setTimeout(() => this.#wake?.(), timeoutMs);
      this.#wake = () => {
        this.#wake = undefined;
        clearTimeout(timer);
        resolve(this.#pending.length > before);
      };
      this.#resume();
    });
  }

  /** Takes the first `length` pending bytes. */
  take(length: number): Buffer {
    const taken = this.#pending.subarray(0, length);
    this.#pending = length === this.#pending.length ? empty : this.#pending.subarray(length);
    return taken;
  }

  /** Leaves the socket to somebody else, paused; returns what was received and not taken. */
  detach(): Buffer {
    this.#socket.pause();
    this.#socket.off("data", this.#onData);
    this.#socket.off("end", this.#onEnd);
    this.#socket.off("close", this.#onEnd);
    return this.take(this.#pending.length);
  }

  readonly #onData = (piece: Buffer): void => {
    this.#pending = this.#pending.length === 0 ? piece : Buffer.concat([this.#pending, piece]);
    if (this.#pending.length >= HIGH_WATER) {
      this.#paused = true;
      this.#socket.pause();
    }
    this.#wake?.();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#wake?.();
  };

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }
}
