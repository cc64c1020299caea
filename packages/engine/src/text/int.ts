import type { ByteString } from "./bytes.ts";

const MAXIMUM = 9_223_372_036_854_775_807n;
const MINIMUM = -9_223_372_036_854_775_808n;
const SAFE_DIGITS = 15;

/**
 * "Int" of a value (spec: seclang, 6.1): an optional sign and decimal digits, 64 bits, saturating; 0 for any other text.
 *
 * Invariant: a number up to 15 digits, a bigint beyond, so that equal values are `===` and `<` compares exactly.
 */
export function toInt(text: ByteString): number | bigint {
  const first = text.charCodeAt(0);
  const signed = first === 0x2d || first === 0x2b;
  let at = signed ? 1 : 0;
  if (at >= text.length) return 0;
  let zeros = at;
  while (zeros < text.length && text.charCodeAt(zeros) === 0x30) zeros++;
  let value = 0;
  for (at = zeros; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return 0;
    if (at - zeros < SAFE_DIGITS) value = value * 10 + digit;
  }
  if (at - zeros > SAFE_DIGITS) return wide(text, zeros, first === 0x2d);
  return first === 0x2d && value !== 0 ? -value : value;
}

function wide(text: ByteString, zeros: number, negative: boolean): bigint {
  // 20 digits are past either end whatever they are, so longer texts need not be converted.
  const magnitude = BigInt(text.slice(zeros, zeros + 20));
  if (negative) return -magnitude < MINIMUM ? MINIMUM : -magnitude;
  return magnitude > MAXIMUM ? MAXIMUM : magnitude;
}
