import type { Argument } from "./arguments.ts";
import type { LogicalLine } from "./logical-line.ts";
import type { OperatorNode } from "./ast.ts";
import { isSpace, quoteText, skipWord, unescapeQuotes } from "./text.ts";

/**
 * Parses what stands between the quotes of an operator (spec: seclang, 6.1).
 *
 *     !@rx ^GET
 *     ^
 * Without `@` the whole text is the argument of `@rx`; a blank in front of `@` makes it part of such an argument.
 */
export function parseOperator(line: LogicalLine, { start, end }: Argument): OperatorNode {
  const { text } = line;
  const negated = start < end && text[start] === "!";
  const body = negated ? start + 1 : start;
  const implicit = body >= end || text[body] !== "@";
  const nameEnd = implicit ? body : skipWord(text, body, end);
  let from = nameEnd;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  const argument = unescapeQuotes(text.slice(from, to));
  if (!implicit && nameEnd === body + 1) {
    const message = `The operator ${quoteText(text.slice(start, end))} has no name after @.`;
    line.error("SECLANG_OPERATOR_NAME_MISSING", message, body, body + 1, "expected a name such as @rx");
  }
  if (implicit && from > body && text[from] === "@") {
    const message = `The blank in front of ${quoteText(text.slice(from, skipWord(text, from, to)))} makes it part of a regular expression.`;
    line.warn("SECLANG_OPERATOR_AS_PATTERN", message, from, to, "remove the blank, or write @rx if a pattern is meant");
  }
  return {
    kind: "operator",
    negated,
    name: implicit ? "rx" : text.slice(body + 1, nameEnd),
    implicit,
    argument,
    nameSpan: line.span(body, nameEnd),
    argumentSpan: line.span(from, to),
    span: line.span(start, end),
  };
}
