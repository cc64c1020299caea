import type { OperatorDefinition } from "../operator.ts";
import { indexOf } from "../text/search.ts";
import { compileLiteral } from "./shared/literal.ts";

/**
 * `@within`: the value occurs in the argument. Plain substring (spec: seclang, 6.2): the empty value is within everything,
 * and "GE" is within "GET POST"; rules that mean whole words put delimiters round both.
 */
export const within: OperatorDefinition = {
  name: "within",
  summary: "True when the value occurs anywhere in the text.",
  argument: "text, macros allowed",
  examples: [
    { title: "one of the list", argument: "GET POST HEAD", input: "POST", matches: true },
    { title: "part of a word", argument: "GET POST HEAD", input: "GE", matches: true },
    { title: "empty value", argument: "GET POST HEAD", input: "", matches: true },
    { title: "not in the list", argument: "GET POST HEAD", input: "PUT", matches: false },
  ],
  compile: (argument, context) =>
    compileLiteral(argument, context, {
      holds: (value, text) => value.length <= text.length && indexOf(text, value) >= 0,
    }),
};
