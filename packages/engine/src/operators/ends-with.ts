import type { OperatorDefinition } from "../operator.ts";
import { compileLiteral } from "./shared/literal.ts";

/** `@endsWith`: the value ends with the argument, byte for byte. */
export const endsWith: OperatorDefinition = {
  name: "endsWith",
  summary: "True when the value ends with the text.",
  argument: "text, macros allowed",
  examples: [
    { title: "same end", argument: ".php", input: "/index.php", matches: true },
    { title: "found earlier", argument: ".php", input: "/index.php/x", matches: false },
  ],
  compile: (argument, context) =>
    compileLiteral(argument, context, {
      holds: (value, text) => value.endsWith(text),
      start: (value, text) => value.length - text.length,
    }),
};
