import type { Diagnostic } from "./diagnostic.ts";
import type { Source } from "./source.ts";
import { LogicalLine } from "./logical-line.ts";

/**
 * Splits a source into logical lines (spec: seclang, 1.1): white space trimmed, empty and comment lines dropped also in
 * the middle of a continued directive, a trailing backslash joins the next line, a back-tick block belongs to its line.
 *
 * Compat: lines of any length are read, and a continuation that nothing follows is an error (gaps A12).
 */
export function readLogicalLines(source: Source, diagnostics: Diagnostic[]): LogicalLine[] {
  const { text } = source;
  const lines: LogicalLine[] = [];
  let pieces: { text: string; at: number }[] = [];
  let block: string[] | undefined;
  let blockAt = 0;
  let lineNumber = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    lineNumber++;
    let from = start;
    let to = end;
    while (from < to && isSpace(text.charCodeAt(from))) from++;
    while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
    start = end + 1;
    if (from === to || text.charCodeAt(from) === 0x23) continue;
    if (block !== undefined) {
      if (text.charCodeAt(from) !== 0x60) {
        block.push(text.slice(from, to));
        continue;
      }
      lines.push(new LogicalLine(source, pieces, lineNumber, block));
      [pieces, block] = [[], undefined];
      continue;
    }
    if (text.charCodeAt(to - 1) === 0x60) {
      block = [];
      blockAt = to - 1;
      pieces.push({ text: text.slice(from, to - 1), at: from });
      continue;
    }
    if (text.charCodeAt(to - 1) === 0x5c) {
      pieces.push({ text: text.slice(from, to - 1), at: from });
      continue;
    }
    pieces.push({ text: text.slice(from, to), at: from });
    lines.push(new LogicalLine(source, pieces, lineNumber, undefined));
    pieces = [];
  }
  if (block !== undefined) {
    const span = { source, start: blockAt, end: blockAt + 1 };
    const hint = "close it with a line that begins with a back-tick";
    diagnostics.push({ code: "SECLANG_BACKTICK_OPEN", severity: "error", message: "the back-tick block is not closed", span, hint });
  } else if (pieces.length > 0) {
    const last = pieces.at(-1)!;
    const at = last.at + last.text.length;
    const span = { source, start: at, end: at + 1 };
    const message = "the file ends after a backslash: the directive is not finished";
    const hint = "remove the backslash or add the missing line";
    diagnostics.push({ code: "SECLANG_CONTINUATION_UNFINISHED", severity: "error", message, span, hint });
  }
  return lines;
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}
