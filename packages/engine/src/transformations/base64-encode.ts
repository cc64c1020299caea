import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { fromBytes, toBytes } from "../text/bytes.ts";

/** `t:base64Encode`: encodes as Base64 with padding. */
export const base64Encode: TransformationDefinition = {
  name: "base64Encode",
  summary: "Encodes as Base64 with padding.",
  examples: [{ title: "text", input: "abcd", output: "YWJjZA==" }],
  apply: encode,
};

const letters = toBytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const PADDING = 0x3d;

function encode(value: ByteString): ByteString {
  const bytes = new Uint8Array(4 * Math.ceil(value.length / 3)).fill(PADDING);
  for (let at = 0, to = 0; at < value.length; at += 3, to += 4) {
    const left = value.length - at;
    const group =
      (value.charCodeAt(at) << 16) |
      ((left > 1 ? value.charCodeAt(at + 1) : 0) << 8) |
      (left > 2 ? value.charCodeAt(at + 2) : 0);
    bytes[to] = letters[group >> 18]!;
    bytes[to + 1] = letters[(group >> 12) & 63]!;
    if (left > 1) bytes[to + 2] = letters[(group >> 6) & 63]!;
    if (left > 2) bytes[to + 3] = letters[group & 63]!;
  }
  return fromBytes(bytes);
}
