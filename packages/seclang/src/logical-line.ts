import type { Diagnostic } from "./diagnostic.ts";
import type { SeclangCode } from "./codes.ts";
import type { Source, Span, TextOrigin } from "./source.ts";

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
  /** Where the parts of `text` begin, in it and in the source. */
  readonly #starts: readonly number[];
  readonly #places: readonly number[];
  /** The part that an offset was last found in. */
  #part = 0;

  /** `parts` are stretches of physical lines, `places` the source offsets they begin at. */
  constructor(
    source: Source,
    parts: readonly string[],
    places: readonly number[],
    lastLine: number,
    block: readonly string[] | undefined,
    diagnostics: Diagnostic[],
  ) {
    this.source = source;
    this.lastLine = lastLine;
    this.block = block;
    this.diagnostics = diagnostics;
    this.text = parts.length === 1 ? parts[0]! : parts.join("");
    this.#starts = startsOf(parts);
    this.#places = places;
  }

  /** A line of its own from a text, with offsets counted from `origin` if the text stands in a source. */
  static of(text: string, origin: TextOrigin | undefined, diagnostics: Diagnostic[]): LogicalLine {
    const { source, start } = origin ?? { source: { name: "", text }, start: 0 };
    return new LogicalLine(source, [text], [start], 1, undefined, diagnostics);
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
    let part = this.#part;
    // Mostly it is the part of the last offset, or the next one.
    if (offset < starts[part]!) part = 0;
    for (let steps = 0; part + 1 < starts.length && starts[part + 1]! <= offset; part++) {
      if (++steps > 2) {
        part = this.#partAt(offset);
        break;
      }
    }
    this.#part = part;
    return this.#places[part]! + offset - starts[part]!;
  }

  #partAt(offset: number): number {
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

const atBegin: readonly number[] = [0];

/** Where each part begins when they stand one after the other. */
function startsOf(parts: readonly string[]): readonly number[] {
  if (parts.length === 1) return atBegin;
  const starts: number[] = [];
  let length = 0;
  for (let index = 0; index < parts.length; index++) {
    starts.push(length);
    length += parts[index]!.length;
  }
  return starts;
}
