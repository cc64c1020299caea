import type { TransformationDefinition } from "../transformation.ts";

/** `t:replaceNulls`: turns NUL bytes into blanks. */
export const replaceNulls: TransformationDefinition = {
  name: "replaceNulls",
  summary: "Turns NUL bytes into blanks.",
  examples: [{ title: "inside a word", input: "a\0b", output: "a b" }],
  reactsTo: "\0",
  keepsCase: true,
  apply: (value) => (value.includes("\0") ? value.replaceAll("\0", " ") : value),
};
