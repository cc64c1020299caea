import type { ByteString } from "./bytes.ts";

/**
 * Offset of the first byte that is not part of well-formed UTF-8, -1 when there is none.
 * RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
 */
export function invalidUtf8At(text: ByteString): number {
  const { length } = text;
  for (let at = 0; at < length;) {
    const lead = text.charCodeAt(at);
    if (lead < 0x80) {
      at++;
      continue;
    }
    const size = sequenceLength(lead);
    if (size === 0 || at + size > length || !isSecond(lead, text.charCodeAt(at + 1))) return at;
    if (size > 2 && (text.charCodeAt(at + 2) & 0xc0) !== 0x80) return at;
    if (size > 3 && (text.charCodeAt(at + 3) & 0xc0) !== 0x80) return at;
    at += size;
  }
  return -1;
}

/** Length that a lead byte announces, 0 when it cannot begin a sequence. */
function sequenceLength(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function isSecond(lead: number, second: number): boolean {
  // RFC 3629, section 4: these four leads narrow the range of the byte after them.
  if (lead === 0xe0) return second >= 0xa0 && second <= 0xbf;
  if (lead === 0xed) return second >= 0x80 && second <= 0x9f;
  if (lead === 0xf0) return second >= 0x90 && second <= 0xbf;
  if (lead === 0xf4) return second >= 0x80 && second <= 0x8f;
  return (second & 0xc0) === 0x80;
}

/** JavaScript text of UTF-8 bytes, undefined when they are not well-formed; the text itself when it is ASCII. */
export function decodeValidUtf8(text: ByteString): string | undefined {
  if (invalidUtf8At(text) >= 0) return undefined;
  const pieces: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length;) {
    const lead = text.charCodeAt(at);
    if (lead < 0x80) {
      at++;
      continue;
    }
    const size = sequenceLength(lead);
    let point = lead & (0xff >> (size + 1));
    for (let next = 1; next < size; next++) point = (point << 6) | (text.charCodeAt(at + next) & 0x3f);
    pieces.push(text.slice(start, at), String.fromCodePoint(point));
    at += size;
    start = at;
  }
  if (start === 0) return text;
  pieces.push(text.slice(start));
  return pieces.join("");
}
