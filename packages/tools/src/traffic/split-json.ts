const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Finds the top-level values of JSON text that comes in pieces: of an array its elements, else every object of a line or of
 * a sequence. Memory is bounded by the largest value.
 */
export class JsonSplitter {
  #rest: Buffer = Buffer.alloc(0);
  /** Where scanning of `#rest` goes on. */
  #at = 0;
  #start = -1;
  #depth = 0;
  #inString = false;
  readonly #limit: number;

  /** `limit`: bytes that one value may have. */
  constructor(limit: number = 256 * 1024 * 1024) {
    this.#limit = limit;
  }

  /** Values that end in this piece. They share memory with it. */
  push(piece: Buffer): Buffer[] {
    const text = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const values: Buffer[] = [];
    let at = this.#at;
    while (at < text.length) {
      if (this.#inString) {
        // Perf: strings are most of a record, and indexOf passes over them ten times as fast as a loop over bytes.
        const quote = text.indexOf(QUOTE, at);
        if (quote < 0) {
          at = text.length;
          break;
        }
        at = quote + 1;
        if (!isEscaped(text, quote, this.#start)) this.#inString = false;
        continue;
      }
      const byte = text[at]!;
      if (byte === QUOTE && this.#start >= 0) this.#inString = true;
      else if (byte === 0x7b || (byte === 0x5b && this.#start >= 0)) {
        if (this.#start < 0) this.#start = at;
        this.#depth++;
      } else if ((byte === 0x7d || byte === 0x5d) && this.#start >= 0) {
        this.#depth--;
        if (this.#depth === 0) {
          values.push(text.subarray(this.#start, at + 1));
          this.#start = -1;
        }
      }
      at++;
    }
    const keep = this.#start < 0 ? text.length : this.#start;
    this.#rest = text.subarray(keep);
    this.#at = at - keep;
    if (this.#start >= 0) this.#start = 0;
    if (this.#rest.length > this.#limit) throw new Error(`a JSON value has more than ${this.#limit} bytes`);
    return values;
  }

  /** True when the text ended within a value. */
  get unfinished(): boolean {
    return this.#start >= 0;
  }
}

/** An odd number of backslashes in front. */
function isEscaped(text: Buffer, at: number, from: number): boolean {
  let count = 0;
  for (let before = at - 1; before >= from && text[before] === BACKSLASH; before--) count++;
  return count % 2 === 1;
}
