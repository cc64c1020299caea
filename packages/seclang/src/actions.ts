import type { ActionNode } from "./ast.ts";
import type { LogicalLine } from "./logical-line.ts";
import { lowerAscii, quoteText, skipBlanks, trimEnd } from "./text.ts";

const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SINGLE_QUOTE = 0x27;

/**
 * Parses an action list between two offsets of a line (spec: seclang, 8.1).
 *
 *     id:1,phase:2,msg:'a, b',deny
 *     ^
 * A comma outside quotes separates, the first colon separates name and value, a backslash hides the next byte and stays,
 * and one pair of quotes round a value is removed.
 *
 * Compat: an unclosed quote is an error when a comma is hidden in the same action, because an action such as `deny` may
 * be lost; Coraza warns and takes the rest of the list as the value. Where nothing can be lost this is a warning, too.
 */
export function parseActions(line: LogicalLine, start: number, end: number): ActionNode[] {
  const { text } = line;
  const actions: ActionNode[] = [];
  if (skipBlanks(text, start, end) === end) return actions;
  let from = start;
  let quoteAt = -1;
  let hidesComma = false;
  let emptyBefore = false;
  for (let at = start; at <= end; at++) {
    const unit = at === end ? COMMA : text.charCodeAt(at);
    if (at < end) {
      if (unit === BACKSLASH) {
        if (at + 1 < end) at++;
        continue;
      }
      if (unit === SINGLE_QUOTE) quoteAt = quoteAt < 0 ? at : -1;
      if (unit === COMMA && quoteAt >= 0) hidesComma = true;
      if (unit !== COMMA || quoteAt >= 0) continue;
    }
    const action = parseAction(line, from, at);
    if (action !== undefined) actions.push(action);
    else if (!emptyBefore) reportEmpty(line, from === start ? from : from - 1, Math.min(at + 1, end));
    emptyBefore = action === undefined;
    if (at === end) break;
    hidesComma = false;
    from = at + 1;
  }
  if (quoteAt >= 0) reportQuoteOpen(line, quoteAt, end, hidesComma);
  return actions;
}

function reportQuoteOpen(line: LogicalLine, start: number, end: number, hidesComma: boolean): void {
  const message = `The quote that opens at ${quoteText(line.text.slice(start, end))} is not closed.`;
  const hint = "expected a closing '; inside a value write \\'";
  if (hidesComma) line.error("SECLANG_ACTION_QUOTE_OPEN", message, start, start + 1, hint);
  else line.warn("SECLANG_ACTION_QUOTE_OPEN", message, start, start + 1, hint);
}

function reportEmpty(line: LogicalLine, start: number, end: number): void {
  const message = `An action is missing at ${quoteText(line.text.slice(start, end))}.`;
  line.error("SECLANG_ACTION_EMPTY", message, start, end, "write one comma between two actions and none at the end");
}

/** Undefined when there is no name. */
function parseAction(line: LogicalLine, from: number, to: number): ActionNode | undefined {
  const { text } = line;
  const start = skipBlanks(text, from, to);
  const end = trimEnd(text, start, to);
  let colon = start;
  while (colon < end && text.charCodeAt(colon) !== 0x3a) colon++;
  const nameEnd = trimEnd(text, start, colon);
  if (start === nameEnd) return undefined;
  const name = lowerAscii(text.slice(start, nameEnd));
  const nameSpan = line.span(start, nameEnd);
  const span = line.span(start, end);
  if (colon === end) return { kind: "action-item", name, nameSpan, value: undefined, quoted: false, span };
  let valueStart = skipBlanks(text, colon + 1, end);
  let valueEnd = end;
  const first = text.charCodeAt(valueStart);
  const quoted =
    valueEnd - valueStart >= 2 && (first === SINGLE_QUOTE || first === 0x22) && text.charCodeAt(valueEnd - 1) === first;
  if (quoted) {
    valueStart++;
    valueEnd--;
  }
  const value = text.slice(valueStart, valueEnd);
  return { kind: "action-item", name, nameSpan, value, valueSpan: line.span(valueStart, valueEnd), quoted, span };
}
