import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
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
  apply: upper,
};

function upper(value: ByteString): ByteString {
  if (!/[a-z]/.test(value)) return value;
  return value.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}
