import type { ByteString } from "./bytes.ts";
import { fromBytes, toBytes } from "./bytes.ts";

/**
 * ASCII lower-casing, byte for byte; returns the text itself when nothing changes.
 *
 * Perf: the host's folding and one look for other bytes take two thirds of the time of a loop over 30 bytes, a third over 1 KB.
 */
export function toLowerAscii(text: ByteString): ByteString {
  const lower = text.toLowerCase();
  return lower === text ? text : beyondAscii.test(text) ? flipCase(text, 0x41) : lower;
}

/** ASCII upper-casing, byte for byte; returns the text itself when nothing changes. */
export function toUpperAscii(text: ByteString): ByteString {
  const upper = text.toUpperCase();
  return upper === text ? text : beyondAscii.test(text) ? flipCase(text, 0x61) : upper;
}

/** The host folds letters of Latin-1 too, which are ordinary bytes here: only pure ASCII may take its answer. */
const beyondAscii = /[\x80-\xff]/;

/** Changes the case of 26 letters from the one given on. */
function flipCase(text: ByteString, first: number): ByteString {
  const bytes = toBytes(text);
  let changed = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte < first || byte > first + 25) continue;
    bytes[at] = byte ^ 0x20;
    changed = true;
  }
  return changed ? fromBytes(bytes) : text;
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
