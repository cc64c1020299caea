/**
 * Byte strings: the one representation of values inside the engine.
 *
 * A `ByteString` is a `string` whose UTF-16 units are bytes (0-255). V8 keeps such strings in one byte per unit,
 * offsets count bytes as SecLang asks, and rules see traffic exactly as it came. Conversions happen here and nowhere else.
 */
export type ByteString = string;

/** Up to this length the pieces are a few bytes. */
const SHORT = 256;
const CHUNK = 8192;

/** Host-supplied fast path for {@link fromBytes}; the result must have one unit per byte. */
export type Latin1Decoder = (bytes: Uint8Array) => ByteString;

/** Bytes to byte string: all, or the first `length`; in pieces so that no argument list grows past the stack. */
export function fromBytes(bytes: Uint8Array, length: number = bytes.length): ByteString {
  if (length <= SHORT) return fromShort(bytes, length);
  let text = "";
  for (let at = 0; at < length; at += CHUNK) {
    text += String.fromCharCode.apply(
      undefined,
      bytes.subarray(at, Math.min(length, at + CHUNK)) as unknown as number[],
    );
  }
  return text;
}

/** Perf: eight at a time; 8 bytes take half the time of an argument list of all of them, 200 take four fifths. */
function fromShort(bytes: Uint8Array, length: number): ByteString {
  let text = "";
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    text += String.fromCharCode(
      bytes[at]!,
      bytes[at + 1]!,
      bytes[at + 2]!,
      bytes[at + 3]!,
      bytes[at + 4]!,
      bytes[at + 5]!,
      bytes[at + 6]!,
      bytes[at + 7]!,
    );
  }
  for (; at < length; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

/** Byte string to bytes. */
export function toBytes(text: ByteString): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Bytes as they are, a byte string as bytes. */
export function asBytes(piece: Uint8Array | ByteString): Uint8Array {
  return typeof piece === "string" ? toBytes(piece) : piece;
}

/** A pattern of one class: V8 has nothing to try twice, and less than nothing to look at in a text of one byte per unit. */
const beyondBytes = /[\u0100-\uffff]/;

/** True when every unit of the text is a byte. */
export function isByteString(text: string): boolean {
  return !beyondBytes.test(text);
}

/** JavaScript text to the bytes of its UTF-8 encoding; lone surrogates become U+FFFD. Returns the text itself when it is ASCII. */
export function encodeUtf8(text: string): ByteString {
  let at = 0;
  while (at < text.length && text.charCodeAt(at) < 0x80) at++;
  if (at === text.length) return text;
  const bytes = new Uint8Array((text.length - at) * 3);
  const ascii = text.slice(0, at);
  let length = 0;
  for (; at < text.length; at++) {
    let point = text.codePointAt(at)!;
    if (point > 0xffff) at++;
    else if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x80) bytes[length++] = point;
    else if (point < 0x800) {
      bytes[length++] = 0xc0 | (point >> 6);
      bytes[length++] = 0x80 | (point & 0x3f);
    } else {
      if (point > 0xffff) bytes[length++] = 0xf0 | (point >> 18);
      bytes[length++] = point > 0xffff ? 0x80 | ((point >> 12) & 0x3f) : 0xe0 | (point >> 12);
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[length++] = 0x80 | (point & 0x3f);
    }
  }
  return ascii + fromBytes(bytes, length);
}

/** UTF-8 encoding of one code point; surrogates and values beyond U+10FFFF give U+FFFD. */
export function encodeCodePoint(point: number): ByteString {
  if (point < 0x80) return String.fromCharCode(point);
  if (point < 0x800) return String.fromCharCode(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return "\xef\xbf\xbd";
  if (point < 0x10000) {
    return String.fromCharCode(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
  }
  return String.fromCharCode(
    0xf0 | (point >> 18),
    0x80 | ((point >> 12) & 0x3f),
    0x80 | ((point >> 6) & 0x3f),
    0x80 | (point & 0x3f),
  );
}
