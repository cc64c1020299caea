/** TAB or blank: what separates the parts of a directive. */
export function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

/** ASCII white space: what is cut off both ends of a line. */
export function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}

/**
 * First offset in a stretch that a pattern finds, `end` when there is none. The pattern is global and of one byte.
 * Perf: rule sets are read once, before any loop is compiled; a search is machine code from the start. With it, and spans
 * on demand, the files of the CRS are parsed in two thirds of the time.
 */
export function find(pattern: RegExp, text: string, from: number, end: number): number {
  pattern.lastIndex = from;
  return from < end && pattern.test(text) && pattern.lastIndex <= end ? pattern.lastIndex - 1 : end;
}

/** First offset at or after `from` that is no blank. */
export function skipBlanks(text: string, from: number, end: number = text.length): number {
  let at = from;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** First offset at or after `from` that is a blank, or the end. */
export function skipWord(text: string, from: number, end: number = text.length): number {
  let at = from;
  while (at < end && !isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** The offset after the last unit before `end` that is no blank, `from` when there is none. */
export function trimEnd(text: string, from: number, end: number): number {
  let at = end;
  while (at > from && isBlank(text.charCodeAt(at - 1))) at--;
  return at;
}

/** Lower case of ASCII letters alone: other units are bytes of characters nobody has decoded. */
export function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

/** A `\"` that stands for `"` between double quotes. Every other backslash stays (spec: seclang, 1.5). */
export function unescapeQuotes(text: string): string {
  return text.includes('\\"') ? text.replaceAll('\\"', '"') : text;
}

const EXCERPT_LIMIT = 60;

/** Text for a message: in double quotes, shortened, with bytes that no terminal should get as `\xHH`. */
export function quoteText(text: string): string {
  const shown = text.length > EXCERPT_LIMIT ? `${text.slice(0, EXCERPT_LIMIT)}...` : text;
  return `"${shown.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;
}
