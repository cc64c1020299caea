import type { TransformationDefinition } from "../transformation.ts";
import { withParity } from "./shared/parity.ts";

/** `t:parityEven7bit`: sets the top bit of every byte so that its parity is even. */
export const parityEven7bit: TransformationDefinition = {
  name: "parityEven7bit",
  summary: "Sets the top bit of every byte so that its parity is even.",
  examples: [{ title: "a", input: "ac", output: "\xe1c" }],
  apply: (value) => withParity(value, 0),
};
