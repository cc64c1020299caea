import type { ByteString } from "../text/bytes.ts";
import { encodeCodePoint } from "../text/bytes.ts";

/** A decoded string and where it ended. */
export interface JsonString {
  readonly value: ByteString;
  /** Offset after the closing quote, or the end of the text. */
  readonly next: number;
  /** No control byte and no broken escape. */
  readonly valid: boolean;
  readonly closed: boolean;
}

const simple: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Decodes from after the opening quote. Escaped code points become UTF-8; lone surrogates become U+FFFD. */
export function decodeJsonString(text: ByteString, start: number): JsonString {
  const pieces: string[] = [];
  let valid = true;
  let from = start;
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) {
      pieces.push(text.slice(from, at));
      return { value: pieces.length === 1 ? pieces[0]! : pieces.join(""), next: at + 1, valid, closed: true };
    }
    if (unit < 0x20) valid = false;
    if (unit !== 0x5c) continue;
    pieces.push(text.slice(from, at));
    const escape = readEscape(text, at);
    if (escape === undefined) {
      valid = false;
      // What follows the backslash is kept as it is.
      from = at;
      at++;
    } else {
      pieces.push(escape.value);
      from = escape.next;
      at = escape.next - 1;
    }
  }
  pieces.push(text.slice(from));
  return { value: pieces.join(""), next: text.length, valid, closed: false };
}

function readEscape(text: ByteString, at: number): { readonly value: ByteString; readonly next: number } | undefined {
  const letter = text[at + 1];
  if (letter === undefined) return undefined;
  const plain = simple.get(letter);
  if (plain !== undefined) return { value: plain, next: at + 2 };
  if (letter !== "u") return undefined;
  const high = readHex(text, at + 2);
  if (high === undefined) return undefined;
  if (high >= 0xd800 && high <= 0xdbff && text.startsWith("\\u", at + 6)) {
    const low = readHex(text, at + 8);
    if (low !== undefined && low >= 0xdc00 && low <= 0xdfff) {
      return { value: encodeCodePoint(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)), next: at + 12 };
    }
  }
  return { value: encodeCodePoint(high), next: at + 6 };
}

function readHex(text: ByteString, at: number): number | undefined {
  const digits = text.slice(at, at + 4);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? parseInt(digits, 16) : undefined;
}
