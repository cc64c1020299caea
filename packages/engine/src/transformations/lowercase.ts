import type { TransformationDefinition } from "../transformation.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { upperLetters } from "./shared/reacts-to.ts";

/**
 * `t:lowercase`.
 *
 * Compat: bytes, so letters beyond ASCII and broken UTF-8 stay as they are; Coraza folds Unicode and rewrites broken bytes
 * (gaps A25, decision 1).
 */
export const lowercase: TransformationDefinition = {
  name: "lowercase",
  summary: "Lower-cases ASCII letters.",
  examples: [
    { title: "mixed", input: "SeLeCt", output: "select" },
    { title: "other bytes stay", input: "\xc4A", output: "\xc4a" },
  ],
  reactsTo: upperLetters,
  foldsCase: "only",
  apply: toLowerAscii,
};
