import type { OperatorDefinition } from "../operator.ts";
import { splitPhrases } from "./shared/phrase-list.ts";
import { compilePhrases } from "./shared/phrases.ts";

/** `@pm`: one of the phrases occurs in the value, ASCII case apart. */
export const pm: OperatorDefinition = {
  name: "pm",
  summary: "True when one of the phrases occurs in the value, in any case; captures the first ten occurrences.",
  argument: "phrases separated by blanks; |0d 0a| for bytes in hexadecimal",
  examples: [
    { title: "one of them", argument: "select insert update", input: "1; INSERT into", matches: true },
    { title: "none of them", argument: "select insert update", input: "drop table", matches: false },
    { title: "hexadecimal bytes", argument: "a|0d 0a|b", input: "xa\r\nBx", matches: true },
  ],
  compile: (argument, context) => compilePhrases(splitPhrases(argument), context),
};
