import type { Token } from "./token.ts";
import { isDigit, isLetter, isWhite, skipBinaryDigits, skipDigits, skipHexDigits, unitAt } from "./bytes.ts";
import { readDollarString } from "./strings.ts";
import { setToken } from "./token.ts";
import { Type } from "./types.ts";

const { BAREWORD, NUMBER, DOT } = Type;

const DOT_BYTE = 0x2e;
const DOLLAR = 0x24;

/** Digits and `.` (spec: libinjection, 3.13). Sets no token for a number with an empty exponent (S1). */
export function readNumber(input: string, start: number, token: Token): number {
  if (input.charCodeAt(start) === 0x30) {
    const end = readPrefixed(input, start, token);
    if (end >= 0) return end;
  }
  let at = skipDigits(input, start);
  if (unitAt(input, at) === DOT_BYTE) {
    at = skipDigits(input, at + 1);
    if (at - start === 1) {
      setToken(token, DOT, start, at);
      return at;
    }
  }
  let emptyExponent = false;
  if ((unitAt(input, at) | 0x20) === 0x65) {
    at++;
    const sign = unitAt(input, at);
    if (sign === 0x2b || sign === 0x2d) at++;
    const end = skipDigits(input, at);
    emptyExponent = end === at;
    at = end;
  }
  const suffix = unitAt(input, at) | 0x20;
  if ((suffix === 0x64 || suffix === 0x66) && endsNumber(input, at + 1)) at++;
  if (!emptyExponent) setToken(token, NUMBER, start, at);
  return at;
}

/** What may follow the suffix letter of a number. */
function endsNumber(input: string, at: number): boolean {
  if (at >= input.length) return true;
  const unit = unitAt(input, at);
  return isWhite(unit) || unit === 0x3b || (unit | 0x20) === 0x75;
}

/** `0x1f` and `0b01`; -1 when this is neither. */
function readPrefixed(input: string, start: number, token: Token): number {
  const letter = unitAt(input, start + 1) | 0x20;
  if (letter !== 0x78 && letter !== 0x62) return -1;
  const end = letter === 0x78 ? skipHexDigits(input, start + 2) : skipBinaryDigits(input, start + 2);
  setToken(token, end === start + 2 ? BAREWORD : NUMBER, start, end);
  return end;
}

/** `$` (spec: libinjection, 3.16); -1 when it begins a word. */
export function readMoney(input: string, start: number, token: Token): number {
  let end = start + 1;
  while (isMoney(unitAt(input, end))) end++;
  if (end > start + 1) {
    if (end === start + 2 && unitAt(input, start + 1) === DOT_BYTE) return -1;
    setToken(token, NUMBER, start, end);
    return end;
  }
  if (unitAt(input, start + 1) === DOLLAR) return readDollarString(input, start, start + 1, token);
  let tagEnd = start + 1;
  while (isLetter(unitAt(input, tagEnd))) tagEnd++;
  if (tagEnd > start + 1 && unitAt(input, tagEnd) === DOLLAR) return readDollarString(input, start, tagEnd, token);
  setToken(token, BAREWORD, start, start + 1);
  return start + 1;
}

/** What amounts are written with. */
function isMoney(unit: number): boolean {
  return isDigit(unit) || unit === DOT_BYTE || unit === 0x2c;
}
