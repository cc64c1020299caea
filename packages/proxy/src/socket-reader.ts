import type { Socket } from "node:net";

/** Pulls bytes off a socket on demand, so that a slow consumer slows the sender down. */
export class SocketReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #pending: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(socket: Socket) {
    this.#pieces = socket.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  }

  /** Bytes received and not taken yet. */
  get pending(): Buffer {
    return this.#pending;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Waits for more bytes; false at the end of the stream or when the connection broke. */
  async more(): Promise<boolean> {
    if (this.#ended) return false;
    try {
      const next = await this.#pieces.next();
      if (next.done === true) this.#ended = true;
      else this.#pending = this.#pending.length === 0 ? next.value : Buffer.concat([this.#pending, next.value]);
    } catch {
      this.#ended = true;
    }
    return !this.#ended;
  }

  /** Takes the first `length` pending bytes. */
  take(length: number): Buffer {
    const taken = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return taken;
  }
}
