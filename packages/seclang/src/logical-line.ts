import type { Diagnostic } from "./diagnostic.ts";
import type { SeclangCode } from "./codes.ts";
import type { Source, Span } from "./source.ts";

/**
 * A directive's text after comments, continuations and line ends are gone, with the way back: every offset in `text`
 * maps to an offset in the source, so that carets point at the physical line.
 */
export class LogicalLine {
  readonly source: Source;
  readonly text: string;
  readonly lastLine: number;
  /** Entries of a back-tick block, undefined when there is none. */
  readonly block: readonly string[] | undefined;
  readonly #starts: readonly number[];
  readonly #sourceStarts: readonly number[];

  constructor(
    source: Source,
    pieces: readonly { readonly text: string; readonly at: number }[],
    lastLine: number,
    block: readonly string[] | undefined,
  ) {
    this.source = source;
    this.lastLine = lastLine;
    this.block = block;
    const starts: number[] = [];
    let length = 0;
    for (const { text } of pieces) {
      starts.push(length);
      length += text.length;
    }
    this.#starts = starts;
    this.#sourceStarts = pieces.map(({ at }) => at);
    this.text = pieces.length === 1 ? pieces[0]!.text : pieces.map(({ text }) => text).join("");
  }

  /** Source offset of an offset in `text`. */
  toSource(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return (this.#sourceStarts[low] ?? 0) + offset - (this.#starts[low] ?? 0);
  }

  span(start: number, end: number): Span {
    const from = this.toSource(start);
    return { source: this.source, start: from, end: Math.max(from, end > start ? this.toSource(end - 1) + 1 : from) };
  }

  error(code: SeclangCode, message: string, start: number, end: number, hint?: string): Diagnostic {
    const span = this.span(start, end);
    return { code, severity: "error", message, span, ...(hint === undefined ? {} : { hint }) };
  }
}

/** TAB or blank. */
export function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

/** First offset at or after `from` that is no blank. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** First offset at or after `from` that is a blank, or the end. */
export function skipWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** The offset after the last non-blank unit. */
export function trimEnd(text: string, end: number, from: number): number {
  let at = end;
  while (at > from && isBlank(text.charCodeAt(at - 1))) at--;
  return at;
}
