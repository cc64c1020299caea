import type { MaybePromise } from "@cuirass/engine";
import type { HeaderLines, RequestBody } from "./client-stream.ts";
import type { RequestHead } from "../request-head.ts";
import type { SocketReader } from "./socket-reader.ts";
import { ChunkedDecoder } from "./chunked-decoder.ts";
import { ClientFault } from "./client-stream.ts";

/** Content-Length of a request, `chunked`, or 0 when it has no body. The head parser has made sure that it is not both. */
export function bodyFraming(head: RequestHead): number | "chunked" {
  for (const [name, value] of head.headers) {
    const lower = name.toLowerCase();
    if (lower === "transfer-encoding") return "chunked";
    if (lower === "content-length") return Number(value);
  }
  return 0;
}

/** A body on an HTTP/1.1 connection. */
export interface Http1Body extends RequestBody {
  /** All of it was taken off the connection. */
  readonly done: boolean;
}

/** Body of a request with that framing. `idleMs` is how long the client may be silent. */
export function http1Body(reader: SocketReader, framing: number | "chunked", idleMs: number): Http1Body {
  return framing === "chunked" ? new ChunkedBody(reader, idleMs) : new SizedBody(reader, framing, idleMs);
}

async function untilMore(reader: SocketReader, idleMs: number): Promise<void> {
  const started = performance.now();
  if (await reader.more(idleMs)) return;
  // The timer may be a little early.
  if (performance.now() - started > idleMs - 5) throw new ClientFault(408, "the body did not arrive in time");
  throw new ClientFault(400, "the body ended early");
}

class SizedBody implements Http1Body {
  readonly length: number;
  readonly trailers: HeaderLines = [];
  readonly #reader: SocketReader;
  readonly #idleMs: number;
  #left: number;

  constructor(reader: SocketReader, length: number, idleMs: number) {
    this.#reader = reader;
    this.length = length;
    this.#left = length;
    this.#idleMs = idleMs;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  next(): MaybePromise<Buffer | undefined> {
    if (this.#left === 0) return undefined;
    if (this.#reader.pending.length > 0) return this.#take();
    return untilMore(this.#reader, this.#idleMs).then(() => this.#take());
  }

  #take(): Buffer {
    const piece = this.#reader.take(Math.min(this.#left, this.#reader.pending.length));
    this.#left -= piece.length;
    return piece;
  }
}

class ChunkedBody implements Http1Body {
  readonly length = undefined;
  readonly #reader: SocketReader;
  readonly #idleMs: number;
  readonly #decoder = new ChunkedDecoder();
  #ready: readonly Uint8Array[] = [];
  #at = 0;

  constructor(reader: SocketReader, idleMs: number) {
    this.#reader = reader;
    this.#idleMs = idleMs;
  }

  get done(): boolean {
    return this.#decoder.done;
  }

  get trailers(): HeaderLines {
    return this.#decoder.trailers;
  }

  next(): MaybePromise<Buffer | undefined> {
    return this.#at < this.#ready.length ? this.#take() : this.#decode();
  }

  #take(): Buffer {
    const view = this.#ready[this.#at++]!;
    return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  }

  async #decode(): Promise<Buffer | undefined> {
    let step = this.#decoder.push(this.#reader.pending);
    for (;;) {
      this.#reader.take(step.consumed);
      if (step.error !== undefined) throw new ClientFault(400, step.error);
      this.#ready = step.data;
      this.#at = 0;
      if (step.data.length > 0) return this.#take();
      if (this.#decoder.done) return undefined;
      await untilMore(this.#reader, this.#idleMs);
      step = this.#decoder.push(this.#reader.pending);
    }
  }
}
