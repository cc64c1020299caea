import type { ActionNode } from "./ast.ts";
import type { LogicalLine } from "./logical-line.ts";
import type { Span } from "./source.ts";
import { find, lowerAscii, quoteText, skipBlanks, trimEnd } from "./text.ts";

const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SINGLE_QUOTE = 0x27;
/** What decides where an action ends. */
const marks = /[\\',]/g;

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
  for (let at = find(marks, text, start, end); ; at = find(marks, text, at + 1, end)) {
    const unit = at === end ? COMMA : text.charCodeAt(at);
    if (unit === BACKSLASH) {
      // Hides the next byte.
      if (at + 1 < end) at++;
      continue;
    }
    if (at < end) {
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
  // Looked for in the action alone: a list may have none at all.
  const separator = text.slice(start, end).indexOf(":");
  const colon = separator < 0 ? end : start + separator;
  const nameEnd = trimEnd(text, start, colon);
  if (start === nameEnd) return undefined;
  const name = lowerAscii(text.slice(start, nameEnd));
  if (colon === end) return new Action(line, name, start, end, nameEnd, -1, end, false);
  let valueStart = skipBlanks(text, colon + 1, end);
  let valueEnd = end;
  const first = text.charCodeAt(valueStart);
  const quoted =
    valueEnd - valueStart >= 2 && (first === SINGLE_QUOTE || first === 0x22) && text.charCodeAt(valueEnd - 1) === first;
  if (quoted) {
    valueStart++;
    valueEnd--;
  }
  return new Action(line, name, start, end, nameEnd, valueStart, valueEnd, quoted);
}

/** Perf: spans are worked out when they are asked for. A rule set has thousands of actions, and few are reported. */
class Action implements ActionNode {
  readonly kind = "action-item";
  readonly name: string;
  readonly value: string | undefined;
  readonly quoted: boolean;
  readonly #line: LogicalLine;
  readonly #start: number;
  readonly #end: number;
  readonly #nameEnd: number;
  /** -1 without a value. */
  readonly #valueStart: number;
  readonly #valueEnd: number;

  constructor(
    line: LogicalLine,
    name: string,
    start: number,
    end: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
    quoted: boolean,
  ) {
    this.name = name;
    this.value = valueStart < 0 ? undefined : line.text.slice(valueStart, valueEnd);
    this.quoted = quoted;
    this.#line = line;
    this.#start = start;
    this.#end = end;
    this.#nameEnd = nameEnd;
    this.#valueStart = valueStart;
    this.#valueEnd = valueEnd;
  }

  get span(): Span {
    return this.#line.span(this.#start, this.#end);
  }

  get nameSpan(): Span {
    return this.#line.span(this.#start, this.#nameEnd);
  }

  get valueSpan(): Span | undefined {
    return this.#valueStart < 0 ? undefined : this.#line.span(this.#valueStart, this.#valueEnd);
  }
}
