import type { TransformationDefinition } from "../transformation.ts";

/** `t:length`: gives the number of bytes in decimal. */
export const length: TransformationDefinition = {
  name: "length",
  summary: "Gives the number of bytes in decimal.",
  examples: [{ title: "three bytes", input: "abc", output: "3" }],
  apply: (value) => String(value.length),
};
