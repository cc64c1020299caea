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

function remove(value: ByteString): ByteString {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < value.length; at++) {
    const open = value.startsWith("/*", at) ? 2 : value.startsWith("<!--", at) ? 4 : 0;
    if (open === 0) {
      if (!value.startsWith("--", at) && value.charCodeAt(at) !== 0x23) continue;
      pieces.push(value.slice(from, at));
      return pieces.join("");
    }
    pieces.push(value.slice(from, at));
    const close = closingMark(value, at + open);
    if (close < 0) {
      pieces.push(" ");
      return pieces.join("");
    }
    from = close;
    // The byte after the comment is not examined.
    at = close;
  }
  if (pieces.length === 0) return value;
  pieces.push(value.slice(from));
  return pieces.join("");
}

/** Offset after the first closing mark of either kind, -1 when there is none. */
function closingMark(value: ByteString, from: number): number {
  for (let at = from; at < value.length; at++) {
    if (value.startsWith("*/", at)) return at + 2;
    if (value.startsWith("-->", at)) return at + 3;
  }
  return -1;
}
