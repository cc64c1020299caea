import type { Latin1Decoder, ByteString } from "../text/bytes.ts";
import { asBytes, fromBytes } from "../text/bytes.ts";
import type { TempFile, TempStorage } from "../host.ts";

const READ_CHUNK = 65_536;

/** Where a body goes. */
export interface BodyBufferOptions {
  /** Bytes kept in memory; past it the whole body moves to a temporary file. */
  readonly memoryLimit: number;
  readonly tempStorage: TempStorage | undefined;
  readonly latin1: Latin1Decoder | undefined;
}

/** Holds a request or response body: in memory up to a limit, then in a temporary file (spec: transaction, 6.1). */
export class BodyBuffer {
  readonly #options: BodyBufferOptions;
  #chunks: (Uint8Array | ByteString)[] = [];
  #file: TempFile | undefined;
  #size = 0;
  #text: ByteString | undefined;
  #closed = false;

  constructor(options: BodyBufferOptions) {
    this.#options = options;
  }

  /** Bytes stored. */
  get size(): number {
    return this.#size;
  }

  /** True once the body lies in a file. */
  get spilled(): boolean {
    return this.#file !== undefined;
  }

  /** Appends; bytes are copied when they stay in memory, so the caller may reuse its buffer. Text is kept as it is. */
  write(piece: Uint8Array | ByteString): void {
    if (piece.length === 0 || this.#closed) return;
    this.#text = undefined;
    this.#size += piece.length;
    if (this.#file) return this.#file.append(asBytes(piece));
    if (this.#size > this.#options.memoryLimit && this.#options.tempStorage) {
      this.#file = this.#options.tempStorage.create({ prefix: "body" });
      for (const chunk of this.#chunks) this.#file.append(asBytes(chunk));
      this.#chunks = [];
      return this.#file.append(asBytes(piece));
    }
    // Not `slice`: that of Node's Buffer is a view.
    this.#chunks.push(typeof piece === "string" ? piece : new Uint8Array(piece));
  }

  /** Reads piece by piece; every reader has its own position and ends after `close`. */
  *reader(): Generator<Uint8Array, void, undefined> {
    if (this.#file) {
      for (let at = 0; at < this.#size && !this.#closed;) {
        const piece = this.#file.read(at, Math.min(READ_CHUNK, this.#size - at));
        if (piece.length === 0) return;
        at += piece.length;
        yield piece;
      }
      return;
    }
    for (let at = 0; at < this.#chunks.length && !this.#closed; at++) yield asBytes(this.#chunks[at]!);
  }

  /** The whole body as a byte string. Kept, so that several readers cost one conversion. */
  text(): ByteString {
    if (this.#text !== undefined) return this.#text;
    const decode = this.#options.latin1 ?? fromBytes;
    const pieces: string[] = [];
    if (this.#file) for (const piece of this.reader()) pieces.push(decode(piece));
    else for (const chunk of this.#chunks) pieces.push(typeof chunk === "string" ? chunk : decode(chunk));
    return (this.#text = pieces.length === 1 ? pieces[0]! : pieces.join(""));
  }

  /** Releases memory and deletes the temporary file. */
  close(): void {
    this.#closed = true;
    this.#chunks = [];
    this.#text = undefined;
    this.#file?.close(false);
    this.#file = undefined;
  }
}
