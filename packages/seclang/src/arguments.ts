import type { LogicalLine } from "./logical-line.ts";
import { quoteText, skipBlanks, skipWord, trimEnd, unescapeQuotes } from "./text.ts";

const QUOTE = 0x22;

/** An argument of a directive: a word, or what stands between double quotes. Offsets are those of the content. */
export interface Argument {
  readonly start: number;
  readonly end: number;
  /** Offset after the argument and its quotes. */
  readonly next: number;
  readonly quoted: boolean;
}

/** Reads the argument that begins at or after `from`; undefined when there is none. */
export function readArgument(line: LogicalLine, from: number): Argument | undefined {
  const { text } = line;
  const start = skipBlanks(text, from);
  if (start >= text.length) return undefined;
  if (text.charCodeAt(start) === QUOTE) return readQuoted(line, start);
  const end = skipWord(text, start);
  return { start, end, next: end, quoted: false };
}

/**
 * Reads everything from `from` to the end of the directive as one argument. Double quotes are taken off when they
 * enclose all of it; `"a" "b"` stays as written, for directives that know what to do with two arguments.
 *
 * Compat: one pair of quotes is removed and `""a""` is an error; Coraza removes all quotes at both ends.
 */
export function readWhole(line: LogicalLine, from: number): Argument {
  const { text } = line;
  const start = skipBlanks(text, from);
  const end = trimEnd(text, start, text.length);
  const whole = enclosed(text, start, end);
  if (whole === "yes") return { start: start + 1, end: end - 1, next: end, quoted: true };
  if (start < end && text.charCodeAt(start) === QUOTE) {
    // Reports a quote that is open or has text right behind it.
    const first = readQuoted(line, start);
    if (whole === "open") return first;
  }
  return { start, end, next: end, quoted: false };
}

/** The text of an argument, with `\"` unescaped where it was between quotes. */
export function argumentText(line: LogicalLine, { start, end, quoted }: Argument): string {
  const content = line.text.slice(start, end);
  return quoted ? unescapeQuotes(content) : content;
}

/**
 * Whether one pair of double quotes encloses a stretch. A final quote encloses even after a backslash when there is no
 * other, so that `"C:\logs\"` can be written.
 */
export function enclosed(text: string, start: number, end: number): "yes" | "no" | "open" {
  if (start >= end || text.charCodeAt(start) !== QUOTE) return "no";
  const close = closingQuote(text, start + 1, end);
  if (close === end - 1 || (close < 0 && end - start > 1 && text.charCodeAt(end - 1) === QUOTE)) return "yes";
  return close < 0 ? "open" : "no";
}

/** Offset of the next quote that has no odd run of backslashes in front, -1 when there is none (spec: seclang, 1.5). */
function closingQuote(text: string, from: number, end: number): number {
  for (let at = text.indexOf('"', from); at >= 0 && at < end; at = text.indexOf('"', at + 1)) {
    let first = at;
    while (first > from && text.charCodeAt(first - 1) === 0x5c) first--;
    if ((at - first) % 2 === 0) return at;
  }
  return -1;
}

function readQuoted(line: LogicalLine, start: number): Argument {
  const { text } = line;
  const end = text.length;
  const close = closingQuote(text, start + 1, end);
  if (close >= 0) {
    const wordEnd = skipWord(text, close + 1);
    if (wordEnd > close + 1) {
      const message = `The text ${quoteText(text.slice(close + 1, wordEnd))} follows a closing quote without a blank between them.`;
      line.error(
        "SECLANG_EXTRA_TEXT",
        message,
        close + 1,
        wordEnd,
        'put a blank between arguments; inside quotes write \\"',
      );
    }
    return { start: start + 1, end: close, next: close + 1, quoted: true };
  }
  const message = `The argument ${quoteText(text.slice(start + 1))} has an opening quote and no closing one.`;
  line.error("SECLANG_QUOTE_OPEN", message, start, start + 1, 'expected a closing "');
  return { start: start + 1, end, next: end, quoted: true };
}
