import type { OperatorDefinition } from "../operator.ts";

/** `@noMatch`: never. */
export const noMatch: OperatorDefinition = {
  name: "noMatch",
  summary: "Never matches.",
  argument: "",
  examples: [{ title: "any value", argument: "", input: "x", matches: false }],
  compile: () => ({ match: () => false }),
};
