import type { LogicalLine } from "./logical-line.ts";
import type { Span } from "./source.ts";
import type { TargetNode, TargetSelectorNode } from "./ast.ts";
import { find, lowerAscii, isBlank, quoteText, skipBlanks, skipWord, trimEnd, unescapeQuotes } from "./text.ts";

const BAR = 0x7c;
const COLON = 0x3a;
const QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const endsOfName = /[|:]/g;
/** What is looked for where targets end: outside keys that have an opening mark, and inside. */
const endsOfWord = /[ \t|:]/g;
const endsOfKey = /["'/\\]/g;

/** Variables whose key is a path, in lower case; `|` always ends it and `/` does not begin a regular expression. */
const pathVariables: ReadonlySet<string> = new Set([
  "xml",
  "request_xml",
  "response_xml",
  "json",
  "request_json",
  "response_json",
]);

/** A stretch of a line that holds targets, and whether `\"` stands for a quote in it. */
interface Scope {
  readonly line: LogicalLine;
  readonly end: number;
  readonly quoted: boolean;
}

/**
 * Parses a target list between two offsets of a line (spec: seclang, 4).
 *
 *     ARGS:user|!ARGS:/^tok/|&REQUEST_HEADERS
 *     ^
 * A trailing bar is tolerated; a leading or doubled one is an error, reported once per run of bars.
 */
export function parseTargets(line: LogicalLine, from: number, to: number, quoted: boolean): TargetNode[] {
  const { text } = line;
  const start = skipBlanks(text, from, to);
  const end = trimEnd(text, start, to);
  const targets: TargetNode[] = [];
  if (start === end) {
    line.error(
      "SECLANG_TARGET_EMPTY",
      "There is no target.",
      from,
      to,
      "expected targets such as ARGS|REQUEST_HEADERS",
    );
    return targets;
  }
  const quote = quoted ? -1 : text.indexOf('"', start);
  if (quote >= 0 && quote < end) {
    // Compat: an error, because a blank before the operator was forgotten more likely than a quote was meant.
    const message = `A double quote stands in the targets ${quoteText(text.slice(start, end))}.`;
    const hint = "put a blank in front of the operator; in a regular expression write \\x22";
    line.error("SECLANG_TARGET_UNEXPECTED", message, quote, quote + 1, hint);
    return targets;
  }
  const scope: Scope = { line, end, quoted };
  for (let at = start; at < end;) {
    let next = at;
    while (next < end && (text.charCodeAt(next) === BAR || isBlank(text.charCodeAt(next)))) next++;
    if (text.slice(at, next).includes("|")) {
      const message = `A target is missing at ${quoteText(text.slice(at, next))}.`;
      line.error("SECLANG_TARGET_EMPTY", message, at, next, "write one | between two targets and none in front");
    }
    if (next === end) break;
    const parsed = parseTarget(scope, next);
    if (parsed.node !== undefined) targets.push(parsed.node);
    at = parsed.next + 1;
  }
  return targets;
}

/**
 * Where the unquoted targets that begin at `from` end: at the first blank outside `'...'` and `/.../` keys. A double
 * quote inside such a key says that the key was never closed and the operator has begun.
 */
export function targetsEnd(text: string, from: number): number {
  let nameStart = from;
  let close = 0;
  const { length } = text;
  for (let at = from; at < length; at++) {
    at = find(close === 0 ? endsOfWord : endsOfKey, text, at, length);
    if (at === length) break;
    const unit = text.charCodeAt(at);
    if (close !== 0) {
      if (unit === QUOTE) break;
      if (unit === BACKSLASH && close === SLASH) at++;
      else if (unit === close) close = 0;
    } else if (isBlank(unit)) {
      return at;
    } else if (unit === BAR) {
      nameStart = at + 1;
    } else if (unit === COLON && nameStart >= 0) {
      const opening = keyOpening(text, nameStart, at);
      close = opening === "" ? 0 : opening.endsWith("/") ? SLASH : SINGLE_QUOTE;
      at += opening.length;
      nameStart = -1;
    }
  }
  return close === 0 ? text.length : skipWord(text, from);
}

/** What opens the key after a colon: `/`, `'`, `'/`, or nothing before plain text. */
function keyOpening(text: string, nameStart: number, colon: number): "" | "/" | "'" | "'/" {
  const first = text.charCodeAt(colon + 1);
  if (first !== SINGLE_QUOTE && first !== SLASH) return "";
  if (isPathVariable(text.slice(nameStart, colon).replace(/^[!&]+/, ""))) return "";
  if (first === SLASH) return "/";
  return text.charCodeAt(colon + 2) === SLASH ? "'/" : "'";
}

function isPathVariable(name: string): boolean {
  return pathVariables.has(lowerAscii(name));
}

interface Parsed<Node> {
  /** Undefined after an error. */
  readonly node: Node | undefined;
  /** Offset of the bar that ends the target, or the end. */
  readonly next: number;
}

/**
 * At the start of a target.
 *
 *     !ARGS:user|...
 *     ^
 * `!` and `&` come first; when both are there, `!` wins.
 */
function parseTarget({ line, end, quoted }: Scope, start: number): Parsed<TargetNode> {
  const { text } = line;
  let negated = false;
  let count = false;
  let at = start;
  for (; at < end; at++) {
    if (text[at] === "!") negated = true;
    else if (text[at] === "&") count = true;
    else if (!isBlank(text.charCodeAt(at))) break;
  }
  const nameStart = at;
  at = find(endsOfName, text, at, end);
  const nameEnd = trimEnd(text, nameStart, at);
  const variable = contentOf(text, nameStart, nameEnd, quoted);
  const hasKey = at < end && text.charCodeAt(at) === COLON;
  if (variable === "" || variable.includes(",")) {
    reportBadName(line, start, nameStart, nameEnd, at);
    return { node: undefined, next: barAfter(text, at, end) };
  }
  const selector = hasKey ? parseSelector({ line, end, quoted }, variable, at + 1) : { node: undefined, next: at };
  const places = { line, start, nameStart, nameEnd, end: trimEnd(text, start, selector.next) };
  return { node: new Target(negated, count && !negated, variable, selector.node, places), next: selector.next };
}

interface Places {
  readonly line: LogicalLine;
  readonly start: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly end: number;
}

/** Perf: spans are worked out when they are asked for, as those of actions are. */
class Target implements TargetNode {
  readonly kind = "target";
  readonly negated: boolean;
  readonly count: boolean;
  readonly variable: string;
  readonly selector: TargetSelectorNode | undefined;
  readonly #places: Places;

  constructor(
    negated: boolean,
    count: boolean,
    variable: string,
    selector: TargetSelectorNode | undefined,
    places: Places,
  ) {
    this.negated = negated;
    this.count = count;
    this.variable = variable;
    this.selector = selector;
    this.#places = places;
  }

  get span(): Span {
    const { line, start, end } = this.#places;
    return line.span(start, end);
  }

  get variableSpan(): Span {
    const { line, nameStart, nameEnd } = this.#places;
    return line.span(nameStart, nameEnd);
  }
}

function reportBadName(line: LogicalLine, start: number, nameStart: number, nameEnd: number, at: number): void {
  const { text } = line;
  if (nameStart === nameEnd) {
    const message = `The target ${quoteText(text.slice(start, at + 1))} names no variable.`;
    line.error("SECLANG_TARGET_EMPTY", message, start, Math.max(at, start + 1), "expected a variable such as ARGS");
    return;
  }
  const message = `A comma stands in the target ${quoteText(text.slice(nameStart, nameEnd))}.`;
  const comma = text.indexOf(",", nameStart);
  line.error("SECLANG_TARGET_COMMA", message, comma, comma + 1, "join targets with |");
}

/**
 * After the colon of a target.
 *
 *     REQUEST_COOKIES:/__utm/|...
 *                     ^
 * Compat: a regular expression begins only at the first byte of a key; Coraza begins one at any slash.
 */
function parseSelector({ line, end, quoted }: Scope, variable: string, from: number): Parsed<TargetSelectorNode> {
  const { text } = line;
  const start = skipBlanks(text, from, end);
  const bar = barAfter(text, start, end);
  const plainEnd = trimEnd(text, start, bar);
  if (start >= plainEnd) {
    const message = `The target ${quoteText(`${variable}:`)} ends in a colon.`;
    line.error("SECLANG_TARGET_KEY_EMPTY", message, from - 1, from, "write a key after the colon, or no colon");
    return { node: undefined, next: bar };
  }
  const scope: Scope = { line, end, quoted };
  if (!isPathVariable(variable)) {
    if (text[start] === "/" || (text[start] === "'" && text[start + 1] === "/")) return parseRegexKey(scope, start);
    if (text[start] === "'") return parseQuotedKey(scope, start);
  }
  const kind = isPathVariable(variable) ? "path" : "key";
  const value = contentOf(text, start, plainEnd, quoted);
  if (/,[ \t]*(?:[!&]|[A-Z][A-Z_]{2,}(?:[:,]|$))/.test(value)) {
    const message = `The comma in ${quoteText(value)} is part of the key and does not begin another target.`;
    line.warn("SECLANG_TARGET_COMMA", message, start, plainEnd, "join targets with |");
  }
  return { node: { kind, value, span: line.span(start, plainEnd) }, next: bar };
}

/** Compat: `\/` stands for `/`, and a missing slash is an error instead of a shortened pattern (spec: seclang, 4). */
function parseRegexKey(scope: Scope, start: number): Parsed<TargetSelectorNode> {
  const { line, end, quoted } = scope;
  const { text } = line;
  const inQuotes = text[start] === "'";
  const open = inQuotes ? start + 1 : start;
  const close = closingSlash(text, open + 1, end);
  if (close < 0) {
    const message = `The regular expression ${quoteText(text.slice(open, end))} is not closed.`;
    line.error("SECLANG_TARGET_REGEX_OPEN", message, open, end, "expected a closing /");
    return { node: undefined, next: end };
  }
  const value = contentOf(text, open + 1, close, quoted).replaceAll("\\/", "/");
  if (value === "") {
    const hint = "leave the key away to mean every entry";
    line.error("SECLANG_TARGET_KEY_EMPTY", "The regular expression of a target is empty.", open, close + 1, hint);
  }
  if (inQuotes && text[close + 1] !== "'") reportQuoteOpen(line, start, close + 1);
  const next = endOfKey(scope, inQuotes && text[close + 1] === "'" ? close + 2 : close + 1);
  return { node: { kind: "regex", value, span: line.span(open, close + 1) }, next };
}

/** Compat: a quoted plain key loses both quotes; Coraza keeps one and finds nothing (spec: seclang, 4). */
function parseQuotedKey(scope: Scope, start: number): Parsed<TargetSelectorNode> {
  const { line, end, quoted } = scope;
  const close = line.text.indexOf("'", start + 1);
  if (close < 0 || close >= end) {
    reportQuoteOpen(line, start, end);
    return { node: undefined, next: end };
  }
  const value = contentOf(line.text, start + 1, close, quoted);
  return { node: { kind: "key", value, span: line.span(start + 1, close) }, next: endOfKey(scope, close + 1) };
}

/** After a closed key only a bar or the end may come. */
function endOfKey({ line, end }: Scope, from: number): number {
  const { text } = line;
  const at = skipBlanks(text, from, end);
  const bar = barAfter(text, at, end);
  if (at < bar) {
    const message = `The text ${quoteText(text.slice(at, bar))} follows the end of a key.`;
    line.error(
      "SECLANG_TARGET_UNEXPECTED",
      message,
      at,
      bar,
      "expected |; a slash inside a regular expression is written \\/",
    );
  }
  return bar;
}

function reportQuoteOpen(line: LogicalLine, start: number, end: number): void {
  const message = `The quoted key ${quoteText(line.text.slice(start, end))} is not closed.`;
  line.error("SECLANG_TARGET_QUOTE_OPEN", message, start, start + 1, "expected a closing '");
}

function contentOf(text: string, start: number, end: number, quoted: boolean): string {
  const content = text.slice(start, end);
  return quoted ? unescapeQuotes(content) : content;
}

function barAfter(text: string, from: number, end: number): number {
  const bar = text.indexOf("|", from);
  return bar < 0 || bar > end ? end : bar;
}

/** The first slash without an odd run of backslashes in front. */
function closingSlash(text: string, from: number, end: number): number {
  let escaped = false;
  for (let at = from; at < end; at++) {
    if (text[at] === "\\") escaped = !escaped;
    else if (text[at] === "/" && !escaped) return at;
    else escaped = false;
  }
  return -1;
}
