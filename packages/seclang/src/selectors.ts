import type { SelectorNode } from "./ast.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { LogicalLine } from "./logical-line.ts";

/** Parses ids and ranges separated by blanks or commas: `12`, `100-200`, `12:1`. */
export function parseIdSelectors(line: LogicalLine, start: number, end: number, diagnostics: Diagnostic[]): SelectorNode[] {
  const selectors: SelectorNode[] = [];
  const words = line.text.slice(start, end);
  for (const match of words.matchAll(/[^\s,"]+/g)) {
    const [word] = match;
    const at = start + match.index;
    const span = line.span(at, at + word.length);
    const parts = /^(\d{1,15})(?:-(\d{1,15})|:(\d{1,4}))?$/.exec(word);
    const from = Number(parts?.[1]);
    const to = parts?.[2] === undefined ? from : Number(parts[2]);
    if (parts === null || from > to) {
      const message = `"${word}" is neither an id nor a range`;
      diagnostics.push(line.error("SECLANG_SELECTOR", message, at, at + word.length, "expected an id such as 942100 or a range such as 942100-942200"));
      continue;
    }
    const offset = parts[3];
    selectors.push({ kind: "id-range", from, to, span, ...(offset === undefined ? {} : { chainOffset: Number(offset) }) });
  }
  return selectors;
}

/** A tag or message as a whole: `/regex/`, or a text to compare exactly. */
export function parseTextSelector(line: LogicalLine, start: number, end: number): SelectorNode {
  const value = line.text.slice(start, end);
  const span = line.span(start, end);
  if (value.length > 2 && value.startsWith("/") && value.endsWith("/")) return { kind: "regex", pattern: value.slice(1, -1), span };
  return { kind: "text", value, span };
}
