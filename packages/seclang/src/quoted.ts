import type { Diagnostic } from "./diagnostic.ts";
import type { LogicalLine } from "./logical-line.ts";
import { skipBlanks, skipWord } from "./logical-line.ts";

/** An argument of a directive: a word, or what stands between double quotes. */
export interface Argument {
  /** Offset of the content, after the quote. */
  readonly start: number;
  /** Offset after the content, before the quote. */
  readonly end: number;
  /** Offset after the argument. */
  readonly next: number;
  readonly quoted: boolean;
}

/**
 * Reads the argument that begins at or after `from`; undefined when there is none. A quote ends at the next `"` that has
 * no odd run of backslashes in front (spec: seclang, 1.5).
 */
export function readArgument(line: LogicalLine, from: number, diagnostics: Diagnostic[]): Argument | undefined {
  const { text } = line;
  const start = skipBlanks(text, from);
  if (start >= text.length) return undefined;
  if (text.charCodeAt(start) !== 0x22) {
    const end = skipWord(text, start);
    return { start, end, next: end, quoted: false };
  }
  const close = closingQuote(text, start + 1);
  if (close < 0) {
    const message = "the quoted argument is not closed";
    diagnostics.push(line.error("SECLANG_QUOTE_OPEN", message, start, start + 1, 'expected a closing "'));
    return { start: start + 1, end: text.length, next: text.length, quoted: true };
  }
  return { start: start + 1, end: close, next: close + 1, quoted: true };
}

/** Offset of the quote that closes, -1 when none does. */
export function closingQuote(text: string, from: number): number {
  let escaped = false;
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x5c) escaped = !escaped;
    else if (unit === 0x22 && !escaped) return at;
    else escaped = false;
  }
  return -1;
}
