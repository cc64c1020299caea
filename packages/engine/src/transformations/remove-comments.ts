import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";

/**
 * `t:removeComments`.
 *
 * Compat: as Coraza, either mark closes either kind, an open comment leaves one blank, and the byte after a closed comment
 * is copied unseen; but no NUL is added when a comment ends the text (gaps A25).
 */
export const removeComments: TransformationDefinition = {
  name: "removeComments",
  summary: "Removes /* */ and <!-- --> comments; -- and # end the text.",
  examples: [
    { title: "block", input: "a/* x */b", output: "ab" },
    { title: "to the end", input: "a-- x", output: "a" },
  ],
  reactsTo: "/<-#",
  keepsCase: true,
  apply: remove,
};

const SLASH = 0x2f;
const LESS = 0x3c;
const DASH = 0x2d;
const HASH = 0x23;
const STAR = 0x2a;

function remove(value: ByteString): ByteString {
  let kept = "";
  let from = 0;
  for (let at = 0; at < value.length; at++) {
    let open = 0;
    switch (value.charCodeAt(at)) {
      case SLASH:
        if (value.charCodeAt(at + 1) !== STAR) continue;
        open = 2;
        break;
      case LESS:
        if (!value.startsWith("<!--", at)) continue;
        open = 4;
        break;
      case DASH:
        if (value.charCodeAt(at + 1) !== DASH) continue;
        break;
      case HASH:
        break;
      default:
        continue;
    }
    kept += value.slice(from, at);
    if (open === 0) return kept;
    const close = closingMark(value, at + open);
    if (close < 0) return `${kept} `;
    from = close;
    // The byte after the comment is not examined.
    at = close;
  }
  return from === 0 ? value : kept + value.slice(from);
}

/** Offset after the first closing mark of either kind, -1 when there is none. */
function closingMark(value: ByteString, from: number): number {
  for (let at = from; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (unit === STAR && value.charCodeAt(at + 1) === SLASH) return at + 2;
    if (unit === DASH && value.startsWith("-->", at)) return at + 3;
  }
  return -1;
}
