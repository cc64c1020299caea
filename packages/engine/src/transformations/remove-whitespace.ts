import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { whiteSpace } from "./shared/reacts-to.ts";
import { unicodeSpaceLength } from "../text/unicode-space.ts";

/** First bytes of white space beyond ASCII. */
const leads = "\xc2\xe1\xe2\xe3";

/**
 * `t:removeWhitespace`.
 *
 * Compat: bytes that are no UTF-8 stay as they are (gaps A25).
 */
export const removeWhitespace: TransformationDefinition = {
  name: "removeWhitespace",
  summary: "Removes white space, also Unicode's in UTF-8.",
  examples: [{ title: "all", input: " a b\n", output: "ab" }],
  reactsTo: whiteSpace + leads,
  keepsCase: true,
  erases: { bytes: whiteSpace, unless: leads },
  apply: remove,
};

/** White space of ASCII. */
const SPACE = 1;
/** May begin white space beyond ASCII. */
const LEAD = 2;

const kinds = new Uint8Array(256);
for (const byte of whiteSpace) kinds[byte.charCodeAt(0)] = SPACE;
for (const byte of leads) kinds[byte.charCodeAt(0)] = LEAD;

function remove(value: ByteString): ByteString {
  let kept = "";
  let from = 0;
  for (let at = 0; at < value.length; at++) {
    const kind = kinds[value.charCodeAt(at) & 0xff];
    if (kind === 0) continue;
    const length = kind === SPACE ? 1 : unicodeSpaceLength(value, at);
    if (length === 0) continue;
    kept += value.slice(from, at);
    from = at + length;
    at = from - 1;
  }
  return from === 0 ? value : kept + value.slice(from);
}
