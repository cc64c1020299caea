import type { OperatorDefinition } from "../operator.ts";
import { indexOf } from "../text/search.ts";
import { compileLiteral } from "./shared/literal.ts";

/** `@contains`: the argument occurs in the value, byte for byte. */
export const contains: OperatorDefinition = {
  name: "contains",
  summary: "True when the text occurs anywhere in the value.",
  argument: "text, macros allowed",
  examples: [
    { title: "inside", argument: "passwd", input: "/etc/passwd", matches: true },
    { title: "other case", argument: "PASSWD", input: "/etc/passwd", matches: false },
    { title: "bytes over 127", argument: "\xc3\xa9", input: "caf\xc3\xa9", matches: true },
  ],
  compile: (argument, context) =>
    compileLiteral(argument, context, {
      holds: (value, text) => indexOf(value, text) >= 0,
      start: indexOf,
    }),
};
