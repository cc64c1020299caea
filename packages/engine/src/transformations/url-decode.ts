import type { TransformationDefinition } from "../transformation.ts";
import { formDecode } from "../variables/populate/form.ts";

/** `t:urlDecode`: decodes %HH and turns + into a blank; anything else stays. */
export const urlDecode: TransformationDefinition = {
  name: "urlDecode",
  summary: "Decodes %HH and turns + into a blank; anything else stays.",
  examples: [
    { title: "both", input: "a%41+b", output: "aA b" },
    { title: "broken escape", input: "%zz", output: "%zz" },
  ],
  reactsTo: "%+",
  apply: formDecode,
};
