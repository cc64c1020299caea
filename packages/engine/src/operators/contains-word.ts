import type { ByteString } from "../text/bytes.ts";
import type { OperatorDefinition } from "../operator.ts";
import { indexOfWhere } from "../text/search.ts";
import { compileLiteral } from "./shared/literal.ts";

/**
 * `@containsWord`: the argument occurs in the value with no ASCII letter on either side.
 *
 * Compat: Coraza has none (gaps B). Letters alone make words, as in ModSecurity 3; in ModSecurity 2 digits and `_` do too,
 * which finds less. An empty argument matches every value, as in both.
 */
export const containsWord: OperatorDefinition = {
  name: "containsWord",
  summary: "True when the text occurs in the value as a word of its own.",
  argument: "text, macros allowed",
  examples: [
    { title: "between blanks", argument: "select", input: "1 select 2", matches: true },
    { title: "whole value", argument: "select", input: "select", matches: true },
    { title: "inside a longer word", argument: "select", input: "selection", matches: false },
    { title: "first inside a word, then alone", argument: "select", input: "selected select", matches: true },
    { title: "beside digits", argument: "select", input: "1select2", matches: true },
  ],
  compile: (argument, context) =>
    argument === ""
      ? { match: () => true }
      : compileLiteral(argument, context, {
          holds: (value, text) => wordStart(value, text) >= 0,
          start: wordStart,
        }),
};

function wordStart(value: ByteString, text: ByteString): number {
  return indexOfWhere(value, text, standsAlone);
}

function standsAlone(value: ByteString, start: number, end: number): boolean {
  return !isLetter(value.charCodeAt(start - 1)) && !isLetter(value.charCodeAt(end));
}

function isLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
