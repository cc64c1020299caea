import type { OperatorNode } from "./ast.ts";
import type { Argument } from "./quoted.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { LogicalLine } from "./logical-line.ts";
import { skipBlanks, skipWord, trimEnd } from "./logical-line.ts";

/**
 * Parses what stands between the quotes of an operator (spec: seclang, 6.1).
 *
 *     !@rx ^GET
 *     ^
 * Without `@` the whole text is the argument of `@rx`; a blank after `!` makes what follows one, too.
 */
export function parseOperator(line: LogicalLine, argument: Argument, diagnostics: Diagnostic[]): OperatorNode {
  const { text } = line;
  const { start, end } = argument;
  const negated = text[start] === "!" && start < end;
  const body = negated ? start + 1 : start;
  const span = line.span(start, end);
  if (text[body] !== "@" || body >= end) {
    const from = Math.min(skipBlanks(text, body), end);
    const to = trimEnd(text, end, from);
    const argumentSpan = line.span(from, to);
    return { kind: "operator", negated, name: "rx", implicit: true, argument: unescape(text.slice(from, to)), nameSpan: span, argumentSpan, span };
  }
  const nameEnd = Math.min(skipWord(text, body), end);
  if (nameEnd === body + 1) {
    diagnostics.push(line.error("SECLANG_OPERATOR_NAME_MISSING", "an operator name is missing after @", body, body + 1, "as in @rx"));
  }
  const from = Math.min(skipBlanks(text, nameEnd), end);
  const to = trimEnd(text, end, from);
  return {
    kind: "operator",
    negated,
    name: text.slice(body + 1, nameEnd),
    implicit: false,
    argument: unescape(text.slice(from, to)),
    nameSpan: line.span(body, nameEnd),
    argumentSpan: line.span(from, to),
    span,
  };
}

/** Only `\"` is an escape; every other backslash belongs to the operator. */
function unescape(text: string): string {
  return text.includes('\\"') ? text.replaceAll('\\"', '"') : text;
}
