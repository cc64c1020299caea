import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";

/** `t:hexEncode`: writes every byte as two lower-case hexadecimal digits. */
export const hexEncode: TransformationDefinition = {
  name: "hexEncode",
  summary: "Writes every byte as two lower-case hexadecimal digits.",
  examples: [{ title: "text", input: "aJ", output: "614a" }],
  apply: encode,
};

const pairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function encode(value: ByteString): ByteString {
  let digits = "";
  for (let at = 0; at < value.length; at++) digits += pairs[value.charCodeAt(at) & 0xff]!;
  return digits;
}
