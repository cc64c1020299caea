import type { TransformationDefinition } from "../transformation.ts";
import { trimSpace } from "../text/trim.ts";
import { whiteSpace } from "./shared/reacts-to.ts";

/** `t:trimLeft`: removes white space at the beginning. */
export const trimLeft: TransformationDefinition = {
  name: "trimLeft",
  summary: "Removes white space at the beginning.",
  examples: [{ title: "beginning", input: " a b ", output: "a b " }],
  reactsTo: whiteSpace,
  keepsCase: true,
  apply: (value) => trimSpace(value, true, false),
};
