/**
 * The byte at this offset, -1 past the end.
 * Perf: `charCodeAt` past the end makes V8 give up code that takes its result for an integer; a value took a tenth longer.
 */
export function unitAt(text: string, at: number): number {
  return at < text.length ? text.charCodeAt(at) : -1;
}

/** The predicate "white": blank, TAB to CR, NBSP, NUL. */
export function isWhite(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0xa0 || unit === 0;
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

export function isHexDigit(unit: number): boolean {
  const lower = unit | 0x20;
  return isDigit(unit) || (lower >= 0x61 && lower <= 0x66);
}

export function isLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** First offset at or after `from` whose byte is no digit. */
export function skipDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(unitAt(text, at))) at++;
  return at;
}

export function skipHexDigits(text: string, from: number): number {
  let at = from;
  while (isHexDigit(unitAt(text, at))) at++;
  return at;
}

export function skipBinaryDigits(text: string, from: number): number {
  let at = from;
  while ((unitAt(text, at) | 1) === 0x31) at++;
  return at;
}
