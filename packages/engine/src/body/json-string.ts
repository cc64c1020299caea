import type { ByteString } from "../text/bytes.ts";
import { hexValue } from "../text/ascii.ts";
import { encodeCodePoint } from "../text/bytes.ts";

/** A decoded string and where it ended. */
export interface JsonString {
  readonly value: ByteString;
  /** Offset after the closing quote, or the end of the text. */
  readonly next: number;
  /** Closed, no control byte inside, no broken escape. */
  readonly valid: boolean;
}

/**
 * Decodes from after the opening quote. Escaped code points become UTF-8, lone surrogates U+FFFD; a broken escape stays
 * as it is written.
 */
export function decodeJsonString(text: ByteString, start: number): JsonString {
  let at = start;
  while (at < text.length && isOrdinary(text.charCodeAt(at))) at++;
  if (text.charCodeAt(at) === 0x22) return { value: text.slice(start, at), next: at + 1, valid: true };

  const pieces: string[] = [];
  let valid = true;
  let from = start;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) {
      pieces.push(text.slice(from, at));
      return { value: pieces.join(""), next: at + 1, valid };
    }
    if (unit !== 0x5c) {
      if (unit < 0x20) valid = false;
      at++;
      continue;
    }
    const length = escapeLength(text, at);
    if (length === 0) {
      valid = false;
      // The byte after the backslash belongs to it, a quote too: the string goes on.
      at += 2;
      continue;
    }
    pieces.push(
      text.slice(from, at),
      length === 2 ? shortEscape(text.charCodeAt(at + 1)) : unicodeEscape(text, at, length),
    );
    at += length;
    from = at;
  }
  pieces.push(text.slice(from));
  return { value: pieces.join(""), next: text.length, valid: false };
}

function isOrdinary(unit: number): boolean {
  return unit >= 0x20 && unit !== 0x22 && unit !== 0x5c;
}

/** Bytes of the escape at the backslash: 2, 6, 12 for a surrogate pair, 0 when it is broken. */
function escapeLength(text: ByteString, at: number): number {
  const letter = text.charCodeAt(at + 1);
  if (letter !== 0x75) return shortEscape(letter) === "" ? 0 : 2;
  const high = readHex(text, at + 2);
  if (high < 0) return 0;
  if (high < 0xd800 || high > 0xdbff || !text.startsWith("\\u", at + 6)) return 6;
  const low = readHex(text, at + 8);
  return low >= 0xdc00 && low <= 0xdfff ? 12 : 6;
}

function unicodeEscape(text: ByteString, at: number, length: number): ByteString {
  const first = readHex(text, at + 2);
  if (length === 6) return encodeCodePoint(first);
  return encodeCodePoint(0x10000 + ((first - 0xd800) << 10) + (readHex(text, at + 8) - 0xdc00));
}

/** What the letter after a backslash stands for, "" when it is no escape (RFC 8259, 7). */
function shortEscape(letter: number): ByteString {
  switch (letter) {
    case 0x22:
      return '"';
    case 0x5c:
      return "\\";
    case 0x2f:
      return "/";
    case 0x62:
      return "\b";
    case 0x66:
      return "\f";
    case 0x6e:
      return "\n";
    case 0x72:
      return "\r";
    case 0x74:
      return "\t";
    default:
      return "";
  }
}

/** Four hexadecimal digits, -1 when there are fewer. */
function readHex(text: ByteString, start: number): number {
  let value = 0;
  for (let at = start; at < start + 4; at++) {
    const digit = hexValue(text.charCodeAt(at));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
