import type { DatasetNode, IncludeNode, MarkerNode, SettingNode } from "./ast.ts";
import type { Directive } from "./directive.ts";
import { argumentText, readWhole } from "./arguments.ts";
import { reportAtName } from "./directive.ts";
import { quoteText, skipBlanks, skipWord } from "./text.ts";

/** `SecMarker LABEL`. All quotes round the label are removed, as they are for `skipAfter`. */
export function parseMarker(directive: Directive): MarkerNode | undefined {
  const { line, nameEnd, span } = directive;
  const { start, end } = readWhole(line, nameEnd);
  const label = stripQuotes(line.text.slice(start, end));
  if (label !== "") return { kind: "marker", name: "SecMarker", label, lastLine: line.lastLine, span };
  reportAtName(
    directive,
    "SECLANG_ARGUMENT_MISSING",
    "The SecMarker has no label.",
    "expected the form SecMarker END-OF-CHECKS",
  );
  return undefined;
}

function stripQuotes(text: string): string {
  const isCut = (unit: string | undefined): boolean => unit === '"' || unit === "'" || unit === " " || unit === "\t";
  let start = 0;
  let end = text.length;
  while (start < end && isCut(text[start])) start++;
  while (end > start && isCut(text[end - 1])) end--;
  return text.slice(start, end);
}

/** `SecDataset NAME` and a block of lines between back-ticks. */
export function parseDataset(directive: Directive): DatasetNode | undefined {
  const { line, nameEnd, span } = directive;
  const example = "expected the form SecDataset name ` with one entry per line and a ` on the last line";
  const argument = readWhole(line, nameEnd);
  const name = argumentText(line, argument);
  if (name === "") {
    reportAtName(directive, "SECLANG_ARGUMENT_MISSING", "The SecDataset has no name.", example);
    return undefined;
  }
  const nameLength = skipWord(name, 0);
  if (nameLength < name.length) {
    const at = skipBlanks(name, nameLength);
    const message = `The text ${quoteText(name.slice(at))} follows the name of a SecDataset.`;
    line.error("SECLANG_EXTRA_TEXT", message, Math.min(argument.start + at, argument.end - 1), argument.end, example);
    return undefined;
  }
  if (line.block === undefined) {
    const message = `The SecDataset ${quoteText(name)} has no back-tick block.`;
    reportAtName(directive, "SECLANG_DATASET_BLOCK_MISSING", message, example);
    return undefined;
  }
  return { kind: "dataset", name, entries: line.block, span };
}

/** `Include PATTERN` and `IncludeOptional PATTERN`. */
export function parseInclude(directive: Directive, name: IncludeNode["name"]): IncludeNode | undefined {
  const { line, nameEnd, span } = directive;
  const pattern = argumentText(line, readWhole(line, nameEnd));
  if (pattern !== "") return { kind: "include", name, pattern, span };
  reportAtName(
    directive,
    "SECLANG_ARGUMENT_MISSING",
    `The ${name} names no file.`,
    `expected the form ${name} rules/*.conf`,
  );
  return undefined;
}

/** Any other directive. */
export function parseSetting({ line, name, nameEnd, span }: Directive): SettingNode {
  const argument = readWhole(line, nameEnd);
  return {
    kind: "setting",
    name,
    nameSpan: line.span(0, nameEnd),
    argument: argumentText(line, argument),
    argumentSpan: line.span(argument.start, argument.end),
    span,
  };
}
