import type { ByteString } from "./bytes.ts";

/** Length of the white space character that begins here, ASCII or any of Unicode's in UTF-8; 0 for none. */
export function unicodeSpaceLength(text: ByteString, at: number): number {
  const first = text.charCodeAt(at);
  if (first < 0x80) return first === 0x20 || (first >= 0x09 && first <= 0x0d) ? 1 : 0;
  const second = text.charCodeAt(at + 1);
  // U+0085, U+00A0
  if (first === 0xc2) return second === 0x85 || second === 0xa0 ? 2 : 0;
  const third = text.charCodeAt(at + 2);
  // U+1680
  if (first === 0xe1) return second === 0x9a && third === 0x80 ? 3 : 0;
  if (first === 0xe2) {
    // U+2000-U+200A, U+2028, U+2029, U+202F, U+205F
    if (second === 0x80)
      return (third >= 0x80 && third <= 0x8a) || third === 0xa8 || third === 0xa9 || third === 0xaf ? 3 : 0;
    return second === 0x81 && third === 0x9f ? 3 : 0;
  }
  // U+3000
  return first === 0xe3 && second === 0x80 && third === 0x80 ? 3 : 0;
}
