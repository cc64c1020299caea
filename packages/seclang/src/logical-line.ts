import type { Diagnostic } from "./diagnostic.ts";
import type { SeclangCode } from "./codes.ts";
import type { Source, Span, TextOrigin } from "./source.ts";

/** A stretch of a physical line and the source offset it starts at. */
export interface Piece {
  readonly text: string;
  readonly at: number;
}

/**
 * A directive's text after comments, continuations and line ends are gone, with the way back: every offset in `text`
 * maps to an offset in the source, so that carets point at the physical line.
 */
export class LogicalLine {
  readonly source: Source;
  readonly text: string;
  /** Number of its last physical line. */
  readonly lastLine: number;
  /** Entries of a back-tick block, undefined when there is none. */
  readonly block: readonly string[] | undefined;
  /** Findings go here; shared by all lines of a source. */
  readonly diagnostics: Diagnostic[];
  readonly #starts: number[] = [];
  readonly #pieces: readonly Piece[];
  /** The piece that an offset was last found in. */
  #piece = 0;

  constructor(
    source: Source,
    pieces: readonly Piece[],
    lastLine: number,
    block: readonly string[] | undefined,
    diagnostics: Diagnostic[],
  ) {
    this.source = source;
    this.lastLine = lastLine;
    this.block = block;
    this.diagnostics = diagnostics;
    this.#pieces = pieces;
    let length = 0;
    const texts: string[] = [];
    for (let index = 0; index < pieces.length; index++) {
      const { text } = pieces[index]!;
      this.#starts.push(length);
      texts.push(text);
      length += text.length;
    }
    this.text = texts.length === 1 ? texts[0]! : texts.join("");
  }

  /** A line of its own from a text, with offsets counted from `origin` if the text stands in a source. */
  static of(text: string, origin: TextOrigin | undefined, diagnostics: Diagnostic[]): LogicalLine {
    const { source, start } = origin ?? { source: { name: "", text }, start: 0 };
    return new LogicalLine(source, [{ text, at: start }], 1, undefined, diagnostics);
  }

  /** The source span of a stretch of `text`. An empty stretch has an empty span. */
  span(start: number, end: number): Span {
    const from = this.#toSource(start);
    return { source: this.source, start: from, end: end > start ? this.#toSource(end - 1) + 1 : from };
  }

  /** Adds an error about a stretch of `text`. */
  error(code: SeclangCode, message: string, start: number, end: number, hint?: string): void {
    this.#report("error", code, message, start, end, hint);
  }

  /** Adds a warning about a stretch of `text`. */
  warn(code: SeclangCode, message: string, start: number, end: number, hint?: string): void {
    this.#report("warning", code, message, start, end, hint);
  }

  #report(
    severity: "error" | "warning",
    code: SeclangCode,
    message: string,
    start: number,
    end: number,
    hint: string | undefined,
  ): void {
    const span = this.span(start, end);
    this.diagnostics.push({ code, severity, message, span, ...(hint === undefined ? {} : { hint }) });
  }

  #toSource(offset: number): number {
    const starts = this.#starts;
    let piece = this.#piece;
    // Mostly it is the piece of the last offset, or the next one.
    if (offset < starts[piece]!) piece = 0;
    for (let steps = 0; piece + 1 < starts.length && starts[piece + 1]! <= offset; piece++) {
      if (++steps > 2) {
        piece = this.#pieceAt(offset);
        break;
      }
    }
    this.#piece = piece;
    return this.#pieces[piece]!.at + offset - starts[piece]!;
  }

  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
