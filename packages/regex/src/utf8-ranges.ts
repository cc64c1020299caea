import type { Node } from "./ast.ts";
import { alternate, concat } from "./ast.ts";
import { ByteSet } from "./byte-set.ts";

/** A range of code points, both ends inclusive, as alternatives of UTF-8 byte sequences. Code points are 0x80 or above. */
export function utf8Range(from: number, to: number): Node {
  const sequences: Node[] = [];
  split(from, to, sequences);
  return alternate(sequences);
}

/** UTF-8 bytes of a code point. */
export function utf8Bytes(point: number): number[] {
  if (point < 0x80) return [point];
  if (point < 0x800) return [0xc0 | (point >> 6), 0x80 | (point & 0x3f)];
  if (point < 0x10000) return [0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)];
  return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)];
}

/** Cuts a range until both ends have as many bytes and differ only where everything in between is allowed. */
function split(from: number, to: number, out: Node[]): void {
  if (from > to) return;
  for (const limit of [0x7f, 0x7ff, 0xffff]) {
    if (from <= limit && to > limit) {
      split(from, limit, out);
      split(limit + 1, to, out);
      return;
    }
  }
  for (let shift = 6; shift <= 18; shift += 6) {
    const mask = (1 << shift) - 1;
    if ((from & ~mask) === (to & ~mask)) continue;
    if ((from & mask) !== 0) {
      split(from, from | mask, out);
      split((from | mask) + 1, to, out);
      return;
    }
    if ((to & mask) !== mask) {
      split(from, (to & ~mask) - 1, out);
      split(to & ~mask, to, out);
      return;
    }
  }
  const [low, high] = [utf8Bytes(from), utf8Bytes(to)];
  out.push(concat(low.map((byte, index) => ({ kind: "set", set: ByteSet.range(byte, high[index]!) }))));
}

/** Length of the UTF-8 sequence that starts here, 1 for a byte that starts none. */
export function utf8SequenceLength(text: string, at: number): number {
  const lead = text.charCodeAt(at);
  const length = lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
  if (lead < 0xc2 || lead > 0xf4 || at + length > text.length) return 1;
  for (let next = at + 1; next < at + length; next++) if ((text.charCodeAt(next) & 0xc0) !== 0x80) return 1;
  return length;
}

/** Code point of a sequence of the given length. */
export function utf8CodePoint(text: string, at: number, length: number): number {
  const lead = text.charCodeAt(at);
  if (length === 1) return lead;
  let point = lead & (0x7f >> length);
  for (let next = at + 1; next < at + length; next++) point = (point << 6) | (text.charCodeAt(next) & 0x3f);
  return point;
}
