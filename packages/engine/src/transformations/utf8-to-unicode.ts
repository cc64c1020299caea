import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { fromBytes } from "../text/bytes.ts";
import { utf8CharacterLength, utf8CodePoint } from "../text/utf8-character.ts";
import { beyondAscii } from "./shared/reacts-to.ts";

/** `t:utf8toUnicode`: writes characters beyond ASCII as %uHHHH. */
export const utf8toUnicode: TransformationDefinition = {
  name: "utf8toUnicode",
  summary: "Writes characters beyond ASCII as %uHHHH.",
  examples: [
    { title: "character", input: "\xc3\xa9", output: "%u00e9" },
    { title: "broken byte", input: "\xff", output: "%ufffd" },
  ],
  reactsTo: beyondAscii,
  apply: encode,
};

const DIGITS = "0123456789abcdef";

function encode(value: ByteString): ByteString {
  let beyond = 0;
  for (let at = 0; at < value.length; at++) if (value.charCodeAt(at) >= 0x80) beyond++;
  if (beyond === 0) return value;
  // A broken byte becomes %ufffd, the longest for its length.
  const bytes = new Uint8Array(value.length + 5 * beyond);
  let size = 0;
  for (let at = 0; at < value.length;) {
    const unit = value.charCodeAt(at);
    if (unit < 0x80) {
      bytes[size++] = unit;
      at++;
      continue;
    }
    const length = utf8CharacterLength(value, at);
    const point = length === 0 ? 0xfffd : utf8CodePoint(value, at, length);
    bytes[size++] = 0x25;
    bytes[size++] = 0x75;
    for (let shift = point > 0xfffff ? 20 : point > 0xffff ? 16 : 12; shift >= 0; shift -= 4) {
      bytes[size++] = DIGITS.charCodeAt((point >> shift) & 15);
    }
    at += Math.max(1, length);
  }
  return fromBytes(bytes.subarray(0, size));
}
