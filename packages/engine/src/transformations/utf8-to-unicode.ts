import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
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

function encode(value: ByteString): ByteString {
  let encoded = "";
  let from = 0;
  for (let at = 0; at < value.length;) {
    if (value.charCodeAt(at) < 0x80) {
      at++;
      continue;
    }
    const length = utf8CharacterLength(value, at);
    const point = length === 0 ? 0xfffd : utf8CodePoint(value, at, length);
    encoded += `${value.slice(from, at)}%u${point.toString(16).padStart(4, "0")}`;
    at += Math.max(1, length);
    from = at;
  }
  return from === 0 ? value : encoded + value.slice(from);
}
