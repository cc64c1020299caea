import type { OperatorDefinition } from "../operator.ts";
import { compileLiteral } from "./shared/literal.ts";

/** `@streq`: value and argument are the same bytes. */
export const streq: OperatorDefinition = {
  name: "streq",
  summary: "True when the value equals the text.",
  argument: "text, macros allowed",
  examples: [
    { title: "equal", argument: "application/json", input: "application/json", matches: true },
    { title: "longer", argument: "application/json", input: "application/json; x", matches: false },
    { title: "empty value", argument: "x", input: "", matches: false },
  ],
  compile: (argument, context) =>
    compileLiteral(argument, context, {
      holds: (value, text) => value === text,
      start: () => 0,
    }),
};
