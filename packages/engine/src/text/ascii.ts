import type { ByteString } from "./bytes.ts";
import { fromBytes, toBytes } from "./bytes.ts";

/** ASCII lower-casing, byte for byte; returns the text itself when nothing changes. */
export function toLowerAscii(text: ByteString): ByteString {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x41 && unit <= 0x5a) return lowerFrom(text, at);
  }
  return text;
}

function lowerFrom(text: ByteString, first: number): ByteString {
  // `toLowerCase` also folds U+00C0-U+00DE, which are ordinary bytes here: only pure ASCII may take it.
  if (isAscii(text)) return text.toLowerCase();
  const bytes = toBytes(text);
  for (let at = first; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x41 && byte <= 0x5a) bytes[at] = byte | 0x20;
  }
  return fromBytes(bytes);
}

/** True when no byte is beyond 0x7f. */
export function isAscii(text: ByteString): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** Value of a hexadecimal digit, -1 for any other unit. */
export function hexValue(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** TAB, LF, VT, FF, CR or blank. */
export function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}

/** Decimal digit. */
export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
