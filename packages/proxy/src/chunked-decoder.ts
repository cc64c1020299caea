/** What a push yielded. */
export interface ChunkedStep {
  /** Bytes used; the rest belongs to what comes next. */
  readonly consumed: number;
  readonly data: readonly Uint8Array[];
  /** The framing is broken; the connection cannot be used any further. */
  readonly error: string | undefined;
}

const SIZE_LINE_LIMIT = 256;
const TRAILER_LIMIT = 16_384;
const CR = 0x0d;
const LF = 0x0a;

/**
 * Decodes the chunked transfer coding piece by piece, strictly (RFC 9112, 7.1): CRLF only, sizes of at most 15 digits, bounded
 * extensions and trailers.
 */
export class ChunkedDecoder {
  #state: "size" | "data" | "data-end" | "trailer" | "done" = "size";
  #left = 0;
  #trailerBytes = 0;

  /** All chunks and the trailer have been read. */
  get done(): boolean {
    return this.#state === "done";
  }

  push(bytes: Uint8Array): ChunkedStep {
    const data: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length && this.#state !== "done") {
      if (this.#state === "data") {
        const piece = bytes.subarray(at, at + this.#left);
        data.push(piece);
        at += piece.length;
        this.#left -= piece.length;
        if (this.#left === 0) this.#state = "data-end";
        continue;
      }
      const line = readLine(bytes, at, this.#state === "trailer" ? TRAILER_LIMIT : SIZE_LINE_LIMIT);
      if (typeof line === "string") return { consumed: at, data, error: line };
      if (line === undefined) break;
      const error = this.#line(line.text);
      if (error !== undefined) return { consumed: at, data, error };
      at = line.next;
    }
    return { consumed: at, data, error: undefined };
  }

  #line(text: string): string | undefined {
    if (this.#state === "data-end") {
      this.#state = "size";
      return text === "" ? undefined : "a chunk is longer than its size";
    }
    if (this.#state === "trailer") {
      this.#trailerBytes += text.length + 2;
      if (text === "") this.#state = "done";
      else if (this.#trailerBytes > TRAILER_LIMIT) return "the trailer is too long";
      else if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:/.test(text)) return "a trailer line is malformed";
      return undefined;
    }
    const size = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;[\t\x20-\x7e]*)?$/.exec(text);
    if (size === null) return "a chunk size is malformed";
    this.#left = parseInt(size[1]!, 16);
    this.#state = this.#left === 0 ? "trailer" : "data";
    return undefined;
  }
}

/** A whole line, undefined when its end has not come yet, an error text when it is broken. */
function readLine(
  bytes: Uint8Array,
  from: number,
  limit: number,
): { readonly text: string; readonly next: number } | string | undefined {
  const stop = Math.min(bytes.length, from + limit);
  for (let at = from; at < stop; at++) {
    if (bytes[at] === LF) return "a line ends in a bare line feed";
    if (bytes[at] !== CR) continue;
    if (at + 1 >= bytes.length) return undefined;
    if (bytes[at + 1] !== LF) return "a carriage return stands alone";
    return { text: String.fromCharCode(...bytes.subarray(from, at)), next: at + 2 };
  }
  return stop - from >= limit ? "a line is too long" : undefined;
}
