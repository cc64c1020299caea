/** What a push yielded. */
export interface ChunkedStep {
  /** Bytes used; the rest belongs to what comes next. */
  readonly consumed: number;
  /** Views on the bytes pushed, not copies. */
  readonly data: readonly Uint8Array[];
  /** The framing is broken; the connection cannot be used any further. */
  readonly error: string | undefined;
}

/** Bytes that a message may spend on framing. */
export interface ChunkedLimits {
  /** A size line with its extensions. */
  readonly sizeLine: number;
  /** All extensions together: they carry no data, so no body limit stops them. */
  readonly extensions: number;
  readonly trailer: number;
}

const defaultLimits: ChunkedLimits = { sizeLine: 256, extensions: 4096, trailer: 16_384 };
const CR = 0x0d;
const LF = 0x0a;

/**
 * Decodes the chunked transfer coding piece by piece, strictly (RFC 9112, 7.1): CRLF only, sizes of at most 12 digits and
 * without blanks around them, bounded extensions and trailers. Bytes that were not consumed are to be pushed again, with
 * more behind them.
 */
export class ChunkedDecoder {
  readonly #limits: ChunkedLimits;
  #state: "size" | "data" | "data-end" | "trailer" | "done" = "size";
  #left = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;
  readonly #trailers: [name: string, value: string][] = [];
  #error: string | undefined = undefined;

  constructor(limits: ChunkedLimits = defaultLimits) {
    this.#limits = limits;
  }

  /** All chunks and the trailer have been read. */
  get done(): boolean {
    return this.#state === "done";
  }

  /** Trailer lines read so far, in order. */
  get trailers(): readonly (readonly [name: string, value: string])[] {
    return this.#trailers;
  }

  push(bytes: Uint8Array): ChunkedStep {
    const data: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length && this.#state !== "done" && this.#error === undefined) {
      if (this.#state === "data") {
        const piece = bytes.subarray(at, at + this.#left);
        data.push(piece);
        at += piece.length;
        this.#left -= piece.length;
        if (this.#left === 0) this.#state = "data-end";
        continue;
      }
      const end = this.#endOfLine(bytes, at);
      if (end < 0) break;
      this.#line(String.fromCharCode(...bytes.subarray(at, end)));
      if (this.#error === undefined) at = end + 2;
    }
    return { consumed: at, data, error: this.#error };
  }

  /** Offset of the CRLF, -1 when it has not come yet or the line is broken. */
  #endOfLine(bytes: Uint8Array, from: number): number {
    const limit = this.#state === "trailer" ? this.#limits.trailer : this.#limits.sizeLine;
    for (let at = from; at < bytes.length; at++) {
      if (at - from >= limit) return this.#fail("a line is too long");
      if (bytes[at] === LF) return this.#fail("a line ends in a bare line feed");
      if (bytes[at] !== CR) continue;
      if (at + 1 === bytes.length) return -1;
      return bytes[at + 1] === LF ? at : this.#fail("a carriage return stands alone");
    }
    return -1;
  }

  #line(text: string): void {
    if (this.#state === "data-end") {
      this.#state = "size";
      if (text !== "") this.#fail("a chunk is longer than its size");
    } else if (this.#state === "trailer") {
      this.#trailerBytes += text.length + 2;
      if (text === "") this.#state = "done";
      else if (this.#trailerBytes > this.#limits.trailer) this.#fail("the trailer is too long");
      else if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/.test(text))
        this.#fail("a trailer line is malformed");
      else {
        const colon = text.indexOf(":");
        this.#trailers.push([text.slice(0, colon), withoutBlanks(text, colon + 1)]);
      }
    } else {
      const size = /^([0-9A-Fa-f]{1,12})(;[\t\x20-\x7e]*)?$/.exec(text);
      this.#extensionBytes += size?.[2]?.length ?? 0;
      if (size === null) this.#fail("a chunk size is malformed");
      else if (this.#extensionBytes > this.#limits.extensions) this.#fail("the chunk extensions are too long");
      else {
        this.#left = parseInt(size[1]!, 16);
        this.#state = this.#left === 0 ? "trailer" : "data";
      }
    }
  }

  #fail(error: string): -1 {
    this.#error ??= error;
    return -1;
  }
}

/** The text from an offset on, less blanks and tabs at both ends. */
function withoutBlanks(text: string, from: number): string {
  const isBlank = (at: number): boolean => text[at] === " " || text[at] === "\t";
  let start = from;
  let end = text.length;
  while (start < end && isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
}
