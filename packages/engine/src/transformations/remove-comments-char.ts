import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";

/** `t:removeCommentsChar`: drops the marks of comments and keeps what they enclose. */
export const removeCommentsChar: TransformationDefinition = {
  name: "removeCommentsChar",
  summary: "Removes comment marks: /* */ <!-- --> -- #",
  examples: [{ title: "block", input: "sel/**/ect", output: "select" }],
  reactsTo: "/*<-#",
  keepsCase: true,
  apply: remove,
};

function remove(value: ByteString): ByteString {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < value.length; at++) {
    const length = markLength(value, at);
    if (length === 0) continue;
    pieces.push(value.slice(from, at));
    from = at + length;
    at = from - 1;
  }
  if (pieces.length === 0) return value;
  pieces.push(value.slice(from));
  return pieces.join("");
}

/** Length of the mark that begins here, 0 for none. */
function markLength(value: ByteString, at: number): number {
  switch (value.charCodeAt(at)) {
    case 0x2f:
      return value.charCodeAt(at + 1) === 0x2a ? 2 : 0;
    case 0x2a:
      return value.charCodeAt(at + 1) === 0x2f ? 2 : 0;
    case 0x3c:
      return value.startsWith("<!--", at) ? 4 : 0;
    case 0x2d:
      return value.startsWith("-->", at) ? 3 : value.charCodeAt(at + 1) === 0x2d ? 2 : 0;
    case 0x23:
      return 1;
    default:
      return 0;
  }
}
