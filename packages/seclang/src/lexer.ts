import type { Diagnostic } from "./diagnostic.ts";
import type { SeclangCode } from "./codes.ts";
import type { Source } from "./source.ts";
import { LogicalLine } from "./logical-line.ts";
import { find, isSpace, quoteText } from "./text.ts";

const BACKSLASH = 0x5c;
const BACKTICK = 0x60;
const HASH = 0x23;
/** A byte that is no white space, or the end of the line. */
const noSpace = /[^\t\v\f\r ]/g;
const UTF8_MARK = "\xef\xbb\xbf";

/**
 * Splits a source into logical lines (spec: seclang, 1.1): white space trimmed, empty and comment lines dropped also in
 * the middle of a continued directive, a trailing backslash joins the next line, a back-tick block belongs to its line.
 *
 * Compat: lines of any length are read, and a continuation that nothing follows is an error (gaps A12).
 * Compat: line numbers start at 1 in every source (gaps A29).
 * Compat: white space is ASCII white space, and a UTF-8 mark at the start of a file is passed over.
 */
export function* readLogicalLines(source: Source, diagnostics: Diagnostic[]): Generator<LogicalLine, void> {
  const { text } = source;
  let parts: string[] = [];
  let places: number[] = [];
  let block: string[] | undefined;
  let lineNumber = 0;
  const report = (code: SeclangCode, message: string, start: number, end: number, hint: string): void => {
    diagnostics.push({ code, severity: "error", message, span: { source, start, end }, hint });
  };
  for (let next = text.startsWith(UTF8_MARK) ? UTF8_MARK.length : 0; next < text.length;) {
    let from = next;
    const newline = text.indexOf("\n", from);
    let to = newline < 0 ? text.length : newline;
    next = to + 1;
    lineNumber++;
    from = find(noSpace, text, from, to);
    if (from === to || text.charCodeAt(from) === HASH) continue;
    while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
    const last = text.charCodeAt(to - 1);
    if (block !== undefined) {
      if (text.charCodeAt(from) !== BACKTICK) {
        block.push(text.slice(from, to));
        continue;
      }
      // Compat: Coraza reads text after the closing back-tick as part of the block's directive.
      if (to > from + 1) {
        const rest = quoteText(text.slice(from + 1, to));
        const hint = "put the next directive on a line of its own";
        report("SECLANG_EXTRA_TEXT", `The text ${rest} follows the end of a back-tick block.`, from + 1, to, hint);
      }
    } else if (last === BACKTICK || last === BACKSLASH) {
      parts.push(text.slice(from, to - 1));
      places.push(from);
      if (last === BACKTICK) block = [];
      continue;
    } else {
      parts.push(text.slice(from, to));
      places.push(from);
    }
    yield new LogicalLine(source, parts, places, lineNumber, block, diagnostics);
    parts = [];
    places = [];
    block = undefined;
  }
  if (parts.length > 0) {
    const mark = places.at(-1)! + parts.at(-1)!.length;
    const begin = quoteText(parts.find((part) => part !== "")?.trimEnd() ?? "");
    if (block !== undefined) {
      const hint = "close it with a line that begins with a back-tick";
      report("SECLANG_BACKTICK_OPEN", `The back-tick block of ${begin} is not closed.`, mark, mark + 1, hint);
    } else {
      const message = `The directive ${begin} ends in a backslash and no line follows.`;
      const hint = "remove the backslash, or add the line that is missing";
      report("SECLANG_CONTINUATION_UNFINISHED", message, mark, mark + 1, hint);
    }
  }
}
