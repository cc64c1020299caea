import type { TransformationDefinition } from "../transformation.ts";
import { withParity } from "./shared/parity.ts";

/** `t:parityOdd7bit`: sets the top bit of every byte so that its parity is odd. */
export const parityOdd7bit: TransformationDefinition = {
  name: "parityOdd7bit",
  summary: "Sets the top bit of every byte so that its parity is odd.",
  examples: [{ title: "a", input: "ac", output: "a\xe3" }],
  apply: (value) => withParity(value, 1),
};
