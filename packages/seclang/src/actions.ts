import type { ActionNode } from "./ast.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { LogicalLine } from "./logical-line.ts";
import { isBlank } from "./logical-line.ts";

/**
 * Parses an action list between two offsets of a line (spec: seclang, 8.1).
 *
 *     id:1,phase:2,msg:'a, b',deny
 *     ^
 * A comma outside quotes separates, the first colon separates name and value, a backslash hides the next byte and stays,
 * and one pair of quotes round a value is removed.
 */
export function parseActions(line: LogicalLine, start: number, end: number, diagnostics: Diagnostic[]): ActionNode[] {
  const { text } = line;
  const actions: ActionNode[] = [];
  if (isAllBlank(text, start, end)) return actions;
  let from = start;
  let quoteAt = -1;
  for (let at = start; at <= end; at++) {
    const unit = at === end ? 0x2c : text.charCodeAt(at);
    if (at === end && quoteAt >= 0) {
      // Compat: an error; Coraza warns and takes the rest of the list as part of the value.
      diagnostics.push(line.error("SECLANG_ACTION_QUOTE_OPEN", "the quote is not closed", quoteAt, quoteAt + 1, "expected a closing '"));
    }
    if (unit === 0x5c && at < end) at++;
    else if (unit === 0x27) quoteAt = quoteAt < 0 ? at : -1;
    else if (unit === 0x2c && (quoteAt < 0 || at === end)) {
      const action = parseAction(line, from, at, diagnostics);
      if (action !== undefined) actions.push(action);
      from = at + 1;
    }
  }
  return actions;
}

function parseAction(line: LogicalLine, from: number, to: number, diagnostics: Diagnostic[]): ActionNode | undefined {
  const { text } = line;
  const [start, end] = trim(text, from, to);
  if (start === end) {
    const hint = "remove the comma";
    diagnostics.push(line.error("SECLANG_ACTION_EMPTY", "an action is missing between commas", from, Math.max(to, from + 1), hint));
    return undefined;
  }
  const colon = text.indexOf(":", start);
  const nameEnd = colon < 0 || colon >= end ? end : trim(text, start, colon)[1];
  const base = {
    kind: "action-item",
    name: text.slice(start, nameEnd).toLowerCase(),
    nameSpan: line.span(start, nameEnd),
    span: line.span(start, end),
  } as const;
  if (colon < 0 || colon >= end) return { ...base, value: undefined, quoted: false };
  let [valueStart, valueEnd] = trim(text, colon + 1, end);
  const first = text[valueStart];
  const quoted = valueEnd - valueStart >= 2 && (first === "'" || first === '"') && text[valueEnd - 1] === first;
  if (quoted) {
    valueStart++;
    valueEnd--;
  }
  return { ...base, value: text.slice(valueStart, valueEnd), valueSpan: line.span(valueStart, valueEnd), quoted };
}

function trim(text: string, from: number, to: number): [start: number, end: number] {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return [start, end];
}

function isAllBlank(text: string, start: number, end: number): boolean {
  const [from, to] = trim(text, start, end);
  return from === to;
}
