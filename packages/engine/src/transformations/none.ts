import type { TransformationDefinition } from "../transformation.ts";

/** `t:none`: gives the value itself; in a rule it drops the transformations before it. */
export const none: TransformationDefinition = {
  name: "none",
  summary: "Gives the value itself; in a rule it drops the transformations before it.",
  examples: [{ title: "anything", input: "aB", output: "aB" }],
  reactsTo: "",
  apply: (value) => value,
};
