import type { ByteString } from "../../text/bytes.ts";
import { isDigit } from "../../text/ascii.ts";

/** True when the digits of the text, other bytes left out, pass the Luhn check of card numbers (ISO/IEC 7812-1). */
export function passesLuhn(text: ByteString): boolean {
  let sum = 0;
  let digits = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    const unit = text.charCodeAt(at);
    if (!isDigit(unit)) continue;
    const digit = unit - 0x30;
    const doubled = digit * 2;
    sum += digits % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
    digits++;
  }
  return digits > 0 && sum % 10 === 0;
}

/** Brazilian CPF: the first eleven digits carry two check digits, and are not a well-known dummy. */
export function isCpf(text: ByteString): boolean {
  const digits = digitsOf(text, 11);
  if (digits.length < 11 || isRepetition(digits) || isAscending(digits)) return false;
  return cpfCheckDigit(digits, 9) === digits[9] && cpfCheckDigit(digits, 10) === digits[10];
}

function cpfCheckDigit(digits: readonly number[], count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += digits[at]! * (count + 1 - at);
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}

/** Austrian social insurance number: the first ten digits, of which the fourth is the check digit. */
export function isSvnr(text: ByteString): boolean {
  const digits = digitsOf(text, 10);
  if (digits.length < 10 || isRepetition(digits) || isAscending(digits)) return false;
  const weights = [3, 7, 9, 0, 5, 8, 4, 2, 1, 6];
  let sum = 0;
  for (let at = 0; at < 10; at++) sum += digits[at]! * weights[at]!;
  // A rest of 10 is never issued; ModSecurity takes it as 0.
  return (sum % 11) % 10 === digits[3];
}

/**
 * US social security number in the first nine of at most `limit` digits: area, group and serial are not zero, the area was
 * issued before 2011, and the digits are neither all the same nor an ascending run.
 */
export function isSsn(text: ByteString, limit: number): boolean {
  const digits = digitsOf(text, limit);
  if (digits.length < 9 || isRepetition(digits) || isRun(digits)) return false;
  const area = numberOf(digits, 0, 3);
  return area > 0 && area < 740 && area !== 666 && numberOf(digits, 3, 5) > 0 && numberOf(digits, 5, 9) > 0;
}

/** Chilean RUT: digits and a check digit, which may be `k`; at least eight bytes with its punctuation (spec: seclang, 6.4). */
export function isRut(text: ByteString): boolean {
  if (text.length < 8) return false;
  let sum = 0;
  let digits = 0;
  let check = -1;
  for (let at = text.length - 1; at >= 0; at--) {
    const unit = text.charCodeAt(at);
    const letter = (unit | 0x20) === 0x6b;
    if (!letter && !isDigit(unit)) continue;
    if (check < 0) check = letter ? 10 : unit - 0x30;
    else if (letter) return false;
    else sum += (unit - 0x30) * (2 + (digits++ % 6));
  }
  return digits > 0 && (11 - (sum % 11)) % 11 === check;
}

function digitsOf(text: ByteString, limit: number): number[] {
  const digits: number[] = [];
  for (let at = 0; at < text.length && digits.length < limit; at++) {
    const unit = text.charCodeAt(at);
    if (isDigit(unit)) digits.push(unit - 0x30);
  }
  return digits;
}

function numberOf(digits: readonly number[], from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + digits[at]!;
  return value;
}

function isRepetition(digits: readonly number[]): boolean {
  return digits.every((digit) => digit === digits[0]);
}

/** Each digit is one more than the digit before. */
function isRun(digits: readonly number[]): boolean {
  return digits.every((digit, at) => at === 0 || digit === digits[at - 1]! + 1);
}

/** 0123... or 1234..., where 0 follows 9. */
function isAscending(digits: readonly number[]): boolean {
  return digits[0]! < 2 && digits.every((digit, at) => at === 0 || digit === (digits[at - 1]! + 1) % 10);
}
