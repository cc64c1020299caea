/** Bytes that are no SPOP. Never leaves the connection that received them. */
export class SpopDecodeError extends Error {}

const SHORT = 16;

/** Reads bytes of one frame from front to back; every read is checked against the end. */
export class SpopReader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new SpopDecodeError("the bytes end early");
    return this.bytes[this.at++]!;
  }

  /** A view of the next bytes, not a copy. The length is compared before anything is added to it. */
  take(length: number | bigint): Uint8Array {
    return this.bytes.subarray(this.pass(length), this.at);
  }

  /** Passes over bytes; gives where they begin. */
  pass(length: number | bigint): number {
    const start = this.at;
    this.skip(length);
    return start;
  }

  /** Passes over bytes. */
  skip(length: number | bigint): void {
    if (length > this.bytes.length - this.at) throw new SpopDecodeError("a length points beyond the end");
    this.at += Number(length);
  }

  /** The next bytes as a byte string, one unit per byte. */
  takeText(length: number | bigint): string {
    const start = this.pass(length);
    const { bytes } = this;
    // Perf: names are short; a loop costs a tenth of a view and a decoder call.
    if (this.at - start <= SHORT) {
      let text = "";
      for (let at = start; at < this.at; at++) text += String.fromCharCode(bytes[at]!);
      return text;
    }
    return latin1(bytes, start, this.at);
  }

  /** True when the bytes since a position spell the name. */
  passed(start: number, name: string): boolean {
    if (this.at - start !== name.length) return false;
    for (let at = 0; at < name.length; at++) if (this.bytes[start + at] !== name.charCodeAt(at)) return false;
    return true;
  }
}

/** Bytes as a byte string, one unit per byte. */
export function latin1(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
}
