import type { TransformationDefinition } from "../transformation.ts";
import { trimSpace } from "../text/trim.ts";
import { whiteSpace } from "./shared/reacts-to.ts";

/** `t:trimRight`: removes white space at the end. */
export const trimRight: TransformationDefinition = {
  name: "trimRight",
  summary: "Removes white space at the end.",
  examples: [{ title: "end", input: " a b ", output: " a b" }],
  reactsTo: whiteSpace,
  keepsCase: true,
  apply: (value) => trimSpace(value, false, true),
};
