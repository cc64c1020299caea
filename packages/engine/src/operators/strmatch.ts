import type { OperatorDefinition } from "../operator.ts";
import { indexOf } from "../text/search.ts";
import { compileLiteral } from "./shared/literal.ts";

/** `@strmatch`: the argument occurs in the value; same answer as `@contains`, no wildcards. */
export const strmatch: OperatorDefinition = {
  name: "strmatch",
  summary: "True when the text occurs anywhere in the value; another name for contains.",
  argument: "text, macros allowed",
  examples: [
    { title: "inside", argument: "WebZIP", input: "Mozilla WebZIP 7", matches: true },
    { title: "a star is a star", argument: "Web*", input: "WebZIP", matches: false },
  ],
  compile: (argument, context) =>
    compileLiteral(argument, context, {
      holds: (value, text) => indexOf(value, text) >= 0,
      start: indexOf,
    }),
};
