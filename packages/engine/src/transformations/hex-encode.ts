import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { fromBytes } from "../text/bytes.ts";

/** `t:hexEncode`: writes every byte as two lower-case hexadecimal digits. */
export const hexEncode: TransformationDefinition = {
  name: "hexEncode",
  summary: "Writes every byte as two lower-case hexadecimal digits.",
  examples: [{ title: "text", input: "aJ", output: "614a" }],
  apply: encode,
};

const DIGITS = "0123456789abcdef";

function encode(value: ByteString): ByteString {
  const digits = new Uint8Array(2 * value.length);
  for (let at = 0; at < value.length; at++) {
    const byte = value.charCodeAt(at);
    digits[2 * at] = DIGITS.charCodeAt((byte >> 4) & 15);
    digits[2 * at + 1] = DIGITS.charCodeAt(byte & 15);
  }
  return fromBytes(digits);
}
