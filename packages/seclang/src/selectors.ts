import type { Argument } from "./arguments.ts";
import type { LogicalLine } from "./logical-line.ts";
import type { SelectorNode } from "./ast.ts";
import { argumentText, readArgument } from "./arguments.ts";
import { quoteText, skipBlanks } from "./text.ts";

/** Whether the argument at an offset is meant as ids: no variable and no action begins so. */
function looksLikeIds(text: string, from: number): boolean {
  const start = skipBlanks(text, from);
  const unit = text[text[start] === '"' ? skipBlanks(text, start + 1) : start];
  return unit !== undefined && ((unit >= "0" && unit <= "9") || unit === "," || unit === "-");
}

/**
 * Reads the ids and ranges at the start of a directive's arguments and says where they end. Blanks and commas separate
 * them, and they may be quoted one by one or all together: `12 15-18`, `"12, 15-18"`.
 */
export function readIdSelectors(
  line: LogicalLine,
  from: number,
): { readonly selectors: SelectorNode[]; readonly next: number } {
  const selectors: SelectorNode[] = [];
  let next = from;
  while (looksLikeIds(line.text, next)) {
    const argument = readArgument(line, next)!;
    parseIdSelectors(line, argument, true, selectors);
    next = argument.next;
  }
  return { selectors, next };
}

/**
 * Parses the ids and ranges of one argument into `selectors`. `12:1` is the first chained rule of rule 12, where a chain
 * offset makes sense.
 */
export function parseIdSelectors(
  line: LogicalLine,
  { start, end }: Argument,
  allowOffset: boolean,
  selectors: SelectorNode[],
): void {
  for (const match of line.text.slice(start, end).matchAll(/[^ \t,]+/g)) {
    const [word] = match;
    const at = start + match.index;
    const parts = /^(\d{1,15})(?:-(\d{1,15})|:(\d{1,4}))?$/.exec(word);
    const from = Number(parts?.[1]);
    const to = parts?.[2] === undefined ? from : Number(parts[2]);
    const offset = parts?.[3];
    if (parts === null || from > to || (offset !== undefined && !allowOffset)) {
      const message =
        from > to
          ? `The range ${quoteText(word)} ends before it begins.`
          : `The text ${quoteText(word)} is neither an id nor a range.`;
      const hint = "expected an id such as 942100, or a range such as 942100-942200";
      line.error("SECLANG_SELECTOR", message, at, at + word.length, hint);
      continue;
    }
    const span = line.span(at, at + word.length);
    selectors.push({
      kind: "id-range",
      from,
      to,
      ...(offset === undefined ? {} : { chainOffset: Number(offset) }),
      span,
    });
  }
}

/** A tag or message as a whole: `/regex/`, or a text to compare exactly. */
export function textSelector(line: LogicalLine, argument: Argument): SelectorNode {
  const value = argumentText(line, argument);
  const span = line.span(argument.start, argument.end);
  if (value.length > 2 && value.startsWith("/") && value.endsWith("/")) {
    return { kind: "regex", pattern: value.slice(1, -1), span };
  }
  return { kind: "text", value, span };
}
