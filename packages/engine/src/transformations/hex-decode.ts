import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { hexValue } from "../text/ascii.ts";
import { fromBytes } from "../text/bytes.ts";

/** `t:hexDecode`: reads pairs of hexadecimal digits; a text that is anything else stays. */
export const hexDecode: TransformationDefinition = {
  name: "hexDecode",
  summary: "Reads pairs of hexadecimal digits; a text that is anything else stays.",
  examples: [
    { title: "pairs", input: "614a", output: "aJ" },
    { title: "odd length stays", input: "614", output: "614" },
  ],
  apply: decode,
};

function decode(value: ByteString): ByteString {
  if (value.length % 2 !== 0 || value === "") return value;
  const bytes = new Uint8Array(value.length / 2);
  for (let at = 0; at < value.length; at += 2) {
    const high = hexValue(value.charCodeAt(at));
    const low = hexValue(value.charCodeAt(at + 1));
    if (high < 0 || low < 0) return value;
    bytes[at / 2] = high * 16 + low;
  }
  return fromBytes(bytes);
}
