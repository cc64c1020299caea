import type { TransformationDefinition } from "../transformation.ts";
import { toUpperAscii } from "../text/ascii.ts";
import { lowerLetters } from "./shared/reacts-to.ts";

/**
 * `t:uppercase`.
 *
 * Compat: bytes, as `t:lowercase` (gaps A25, decision 1).
 */
export const uppercase: TransformationDefinition = {
  name: "uppercase",
  summary: "Upper-cases ASCII letters.",
  examples: [{ title: "mixed", input: "SeLeCt", output: "SELECT" }],
  reactsTo: lowerLetters,
  foldsCase: "only",
  apply: toUpperAscii,
};
