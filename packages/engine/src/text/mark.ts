import type { ByteString } from "./bytes.ts";

/** Bytes that a mark is made of, at least, where there are so many. */
const SAMPLES = 16;

/** A number made of a text's length and a few of its bytes, not 0. */
export function markOf(text: ByteString): number {
  const { length } = text;
  let mark = length + 1;
  const stride = length <= SAMPLES ? 1 : Math.floor(length / SAMPLES);
  for (let at = length - 1; at >= 0; at -= stride) mark = (Math.imul(mark, 31) + text.charCodeAt(at)) | 0;
  return Math.imul(mark ^ (mark >>> 15), 0x2c1b_3c6d) | 1;
}
