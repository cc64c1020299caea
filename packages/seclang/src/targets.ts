import type { TargetNode, TargetSelectorNode } from "./ast.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { LogicalLine } from "./logical-line.ts";

/**
 * Parses a target list between two offsets of a line (spec: seclang, 4).
 *
 *     ARGS:user|!ARGS:/^tok/|&REQUEST_HEADERS
 *     ^
 */
export function parseTargets(line: LogicalLine, start: number, end: number, diagnostics: Diagnostic[]): TargetNode[] {
  const targets: TargetNode[] = [];
  for (let at = start; at < end; ) {
    const { target, next } = parseTarget(line, at, end, diagnostics);
    if (target !== undefined) targets.push(target);
    at = next + 1;
    // A trailing bar is tolerated, a leading or doubled one is not.
  }
  if (start === end) diagnostics.push(line.error("SECLANG_TARGET_EMPTY", "there is no target", start, end, "as in ARGS|REQUEST_HEADERS"));
  return targets;
}

interface ParsedTarget {
  readonly target: TargetNode | undefined;
  /** Offset of the bar that ends the target, or the end. */
  readonly next: number;
}

function parseTarget(line: LogicalLine, start: number, end: number, diagnostics: Diagnostic[]): ParsedTarget {
  const { text } = line;
  let negated = false;
  let count = false;
  let name = "";
  let nameStart = -1;
  let at = start;
  for (; at < end && text[at] !== "|" && text[at] !== ":"; at++) {
    if (text[at] === "!") negated = true;
    else if (text[at] === "&") count = true;
    else {
      if (nameStart < 0) nameStart = at;
      name += text[at];
    }
  }
  if (name === "") {
    const message = "a target is empty";
    diagnostics.push(line.error("SECLANG_TARGET_EMPTY", message, start, Math.max(at, start + 1), "expected a variable such as ARGS"));
    return { target: undefined, next: text.indexOf("|", at) < 0 ? end : Math.min(end, text.indexOf("|", at)) };
  }
  const variableSpan = line.span(nameStart, at);
  let selector: TargetSelectorNode | undefined;
  if (text[at] === ":" && at < end) {
    const parsed = parseSelector(line, name, at + 1, end, diagnostics);
    selector = parsed.selector;
    at = parsed.next;
  }
  const base = { kind: "target", negated, count: count && !negated, variable: name, variableSpan, span: line.span(start, at) } as const;
  return { target: selector === undefined ? base : { ...base, selector }, next: at };
}

function parseSelector(
  line: LogicalLine,
  variable: string,
  start: number,
  end: number,
  diagnostics: Diagnostic[],
): { readonly selector: TargetSelectorNode | undefined; readonly next: number } {
  const { text } = line;
  const bar = text.indexOf("|", start);
  const plainEnd = bar < 0 || bar > end ? end : bar;
  if (/^(?:XML|JSON|REQUEST_XML|RESPONSE_XML)$/i.test(variable)) {
    return { selector: { kind: "path", value: text.slice(start, plainEnd), span: line.span(start, plainEnd) }, next: plainEnd };
  }
  if (start >= plainEnd) {
    const message = `the target ${variable} ends in a colon`;
    diagnostics.push(line.error("SECLANG_TARGET_KEY_EMPTY", message, start - 1, start, "write a key, or no colon"));
    return { selector: undefined, next: plainEnd };
  }
  const quote = text[start] === "'";
  const body = quote ? start + 1 : start;
  if (text[body] === "/") {
    const close = closingSlash(text, body + 1, end);
    if (close < 0) {
      const message = "the regular expression is not closed";
      diagnostics.push(line.error("SECLANG_TARGET_REGEX_OPEN", message, body, plainEnd, "expected a closing /"));
      return { selector: undefined, next: end };
    }
    // Compat: `\/` stands for `/`; a missing slash or quote is an error instead of a shortened pattern (spec: seclang, 4).
    const value = text.slice(body + 1, close).replaceAll("\\/", "/");
    return closeSelector(line, { kind: "regex", value, span: line.span(body, close + 1) }, quote, close + 1, end, diagnostics);
  }
  if (!quote) {
    return { selector: { kind: "key", value: text.slice(start, plainEnd), span: line.span(start, plainEnd) }, next: plainEnd };
  }
  const close = text.indexOf("'", body);
  if (close < 0 || close >= end) {
    diagnostics.push(line.error("SECLANG_TARGET_QUOTE_OPEN", "the quoted key is not closed", start, plainEnd, "expected a closing '"));
    return { selector: undefined, next: end };
  }
  // Compat: a quoted plain key loses both quotes; Coraza keeps one and finds nothing (spec: seclang, 4).
  return closeSelector(line, { kind: "key", value: text.slice(body, close), span: line.span(body, close) }, true, close, end, diagnostics);
}

function closeSelector(
  line: LogicalLine,
  selector: TargetSelectorNode,
  quoted: boolean,
  at: number,
  end: number,
  diagnostics: Diagnostic[],
): { readonly selector: TargetSelectorNode; readonly next: number } {
  const { text } = line;
  let next = at;
  if (quoted) {
    if (text[next] === "'") next++;
    else diagnostics.push(line.error("SECLANG_TARGET_QUOTE_OPEN", "the quoted key is not closed", at - 1, at, "expected a closing '"));
  }
  if (next < end && text[next] !== "|") {
    const bar = text.indexOf("|", next);
    const stop = bar < 0 || bar > end ? end : bar;
    const message = `unexpected "${text.slice(next, stop)}" after a key`;
    diagnostics.push(line.error("SECLANG_TARGET_UNEXPECTED", message, next, stop, "expected | or the end of the targets"));
    next = stop;
  }
  return { selector, next };
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
