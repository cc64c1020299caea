import type { TransformationDefinition } from "../transformation.ts";

/** `t:removeNulls`: removes NUL bytes. */
export const removeNulls: TransformationDefinition = {
  name: "removeNulls",
  summary: "Removes NUL bytes.",
  examples: [
    { title: "inside a word", input: "se\0lect", output: "select" },
    { title: "nothing to do", input: "select", output: "select" },
  ],
  reactsTo: "\0",
  keepsCase: true,
  erases: { bytes: "\0", unless: "" },
  apply: (value) => (value.includes("\0") ? value.replaceAll("\0", "") : value),
};
