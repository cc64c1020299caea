/** Named configuration text. `text` is a byte string: one unit per byte. */
export interface Source {
  readonly name: string;
  readonly text: string;
  /** Offsets at which lines start; made on first use. */
  lineStarts?: readonly number[];
}

/** A piece of a source, by offsets in its text. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Where a text that is parsed on its own stands in a source. */
export interface TextOrigin {
  readonly source: Source;
  readonly start: number;
}

/** Wraps text for parsing. */
export function createSource(name: string, text: string): Source {
  return { name, text };
}

/** Line and column of an offset, both counted from 1; columns count bytes. */
export function position(source: Source, offset: number): { line: number; column: number } {
  const starts = (source.lineStarts ??= findLineStarts(source.text));
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - starts[low]! + 1 };
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
