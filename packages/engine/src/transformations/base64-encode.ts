import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";

/** `t:base64Encode`: encodes as Base64 with padding. */
export const base64Encode: TransformationDefinition = {
  name: "base64Encode",
  summary: "Encodes as Base64 with padding.",
  examples: [{ title: "text", input: "abcd", output: "YWJjZA==" }],
  apply: encode,
};

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function encode(value: ByteString): ByteString {
  const pieces: string[] = [];
  for (let at = 0; at < value.length; at += 3) {
    const left = value.length - at;
    const group =
      (value.charCodeAt(at) << 16) |
      ((left > 1 ? value.charCodeAt(at + 1) : 0) << 8) |
      (left > 2 ? value.charCodeAt(at + 2) : 0);
    pieces.push(
      ALPHABET[group >> 18]! +
        ALPHABET[(group >> 12) & 63]! +
        (left > 1 ? ALPHABET[(group >> 6) & 63]! : "=") +
        (left > 2 ? ALPHABET[group & 63]! : "="),
    );
  }
  return pieces.join("");
}
