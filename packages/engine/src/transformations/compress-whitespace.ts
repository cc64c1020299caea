import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { utf8CharacterLength } from "../text/utf8-character.ts";
import { whiteSpace } from "./shared/reacts-to.ts";

/** `t:compressWhitespace`: turns runs of white space into one blank. */
export const compressWhitespace: TransformationDefinition = {
  name: "compressWhitespace",
  summary: "Turns runs of white space into one blank.",
  examples: [{ title: "runs", input: "a \t\n b", output: "a b" }],
  reactsTo: `${whiteSpace}\x85\xa0`,
  keepsCase: true,
  apply: compress,
};

/** What more than single blanks can be. */
const compressible = /[\t-\r\xa0\xc2]| {2}/;

function compress(value: ByteString): ByteString {
  // Perf: V8's scan for this is done in a third of the time of the loop; most values end here.
  if (!compressible.test(value)) return value;
  let kept = "";
  let from = 0;
  for (let at = 0; at < value.length;) {
    const unit = value.charCodeAt(at);
    if (unit > 0x20 && unit < 0x80) {
      at++;
      continue;
    }
    const length = spaceLength(value, at);
    if (length === 0) {
      at += otherLength(value, at);
      continue;
    }
    let end = at + length;
    for (let more = spaceLength(value, end); more > 0; more = spaceLength(value, end)) end += more;
    if (end - at > 1 || unit !== 0x20) {
      kept += `${value.slice(from, at)} `;
      from = end;
    }
    at = end;
  }
  return from === 0 ? value : kept + value.slice(from);
}

/** Length of the white space that begins here: ASCII, U+0085 and U+00A0 in UTF-8, the bare byte 0xA0; 0 for none. */
function spaceLength(value: ByteString, at: number): number {
  if (at >= value.length) return 0;
  const unit = value.charCodeAt(at);
  if (unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)) return 1;
  if (unit === 0xa0) return 1;
  if (unit !== 0xc2) return 0;
  const next = value.charCodeAt(at + 1);
  return next === 0x85 || next === 0xa0 ? 2 : 0;
}

/** Length of what begins here and is no white space: a whole character, so that no byte inside it is taken for a blank. */
function otherLength(value: ByteString, at: number): number {
  return value.charCodeAt(at) < 0xc2 ? 1 : Math.max(1, utf8CharacterLength(value, at));
}
