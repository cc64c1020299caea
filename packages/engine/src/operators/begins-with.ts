import type { OperatorDefinition } from "../operator.ts";
import { compileLiteral } from "./shared/literal.ts";

/** `@beginsWith`: the value starts with the argument, byte for byte. */
export const beginsWith: OperatorDefinition = {
  name: "beginsWith",
  summary: "True when the value begins with the text.",
  argument: "text, macros allowed",
  examples: [
    { title: "same beginning", argument: "GET /", input: "GET /admin", matches: true },
    { title: "found further on", argument: "/admin", input: "GET /admin", matches: false },
    { title: "other case", argument: "get", input: "GET", matches: false },
  ],
  compile: (argument, context) =>
    compileLiteral(argument, context, {
      holds: (value, text) => value.startsWith(text),
      start: () => 0,
    }),
};
