import type { ByteString } from "./bytes.ts";

/** Length of the valid multi-byte sequence that begins here, 0 when there is none (no overlongs, no surrogates). */
export function utf8CharacterLength(bytes: ByteString, at: number): number {
  const lead = bytes.charCodeAt(at);
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > bytes.length) return 0;
  for (let next = at + 1; next < at + length; next++) if ((bytes.charCodeAt(next) & 0xc0) !== 0x80) return 0;
  const point = utf8CodePoint(bytes, at, length);
  const least = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
  return point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? 0 : length;
}

/** Code point of a sequence of the given length. */
export function utf8CodePoint(bytes: ByteString, at: number, length: number): number {
  let point = bytes.charCodeAt(at) & (0x7f >> length);
  for (let next = at + 1; next < at + length; next++) point = (point << 6) | (bytes.charCodeAt(next) & 0x3f);
  return point;
}
