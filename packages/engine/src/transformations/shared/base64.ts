import type { ByteString } from "../../text/bytes.ts";
import { fromBytes } from "../../text/bytes.ts";

/** What a decoder does with bytes outside the alphabet. */
export interface Base64Rules {
  /** Value 0-63, or one of the markers below. */
  readonly table: Int8Array;
}

/** The byte means nothing and is passed over. */
export const SKIP = -1;
/** The byte ends the text. */
export const END = -2;

/** A table with the standard alphabet and one marker for everything else. */
export function base64Table(other: number): Int8Array {
  const table = new Int8Array(256).fill(other);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (let value = 0; value < 64; value++) table[alphabet.charCodeAt(value)] = value;
  return table;
}

/** Decodes up to the first byte that ends the text; an incomplete last group gives the bytes it is enough for. */
export function decodeBase64(value: ByteString, { table }: Base64Rules): ByteString {
  const bytes = new Uint8Array(Math.ceil((value.length * 3) / 4));
  let length = 0;
  let group = 0;
  let count = 0;
  for (let at = 0; at < value.length; at++) {
    const sextet = table[value.charCodeAt(at) & 0xff]!;
    if (sextet === SKIP) continue;
    if (sextet === END) break;
    group = (group << 6) | sextet;
    if (++count === 4) {
      bytes[length++] = group >> 16;
      bytes[length++] = group >> 8;
      bytes[length++] = group;
      group = 0;
      count = 0;
    }
  }
  if (count === 2) bytes[length++] = group >> 4;
  else if (count === 3) {
    bytes[length++] = group >> 10;
    bytes[length++] = group >> 2;
  }
  return fromBytes(bytes, length);
}
