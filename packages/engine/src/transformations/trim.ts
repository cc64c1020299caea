import type { TransformationDefinition } from "../transformation.ts";
import { trimSpace } from "../text/trim.ts";
import { whiteSpace } from "./shared/reacts-to.ts";

/** `t:trim`: removes white space at both ends. */
export const trim: TransformationDefinition = {
  name: "trim",
  summary: "Removes white space at both ends.",
  examples: [{ title: "both ends", input: " a b\n", output: "a b" }],
  reactsTo: whiteSpace,
  keepsCase: true,
  apply: (value) => trimSpace(value, true, true),
};
