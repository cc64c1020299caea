import type { OperatorDefinition } from "../operator.ts";

/** `@unconditionalMatch`: every value matches, the empty one too. */
export const unconditionalMatch: OperatorDefinition = {
  name: "unconditionalMatch",
  summary: "Matches every value.",
  argument: "",
  examples: [
    { title: "any value", argument: "", input: "x", matches: true },
    { title: "empty value", argument: "", input: "", matches: true },
  ],
  compile: () => ({ match: () => true }),
};
