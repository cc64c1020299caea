import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";

/** `t:hexEncode`: writes every byte as two lower-case hexadecimal digits. */
export const hexEncode: TransformationDefinition = {
  name: "hexEncode",
  summary: "Writes every byte as two lower-case hexadecimal digits.",
  examples: [{ title: "text", input: "aJ", output: "614a" }],
  apply: encode,
};

function encode(value: ByteString): ByteString {
  const pieces: string[] = [];
  for (let at = 0; at < value.length; at++) pieces.push(value.charCodeAt(at).toString(16).padStart(2, "0"));
  return pieces.join("");
}
