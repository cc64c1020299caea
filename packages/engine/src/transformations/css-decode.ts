import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { hexValue, isSpace } from "../text/ascii.ts";
import { encodeCodePoint } from "../text/bytes.ts";

/** `t:cssDecode`: escapes of CSS (CSS 2.1, 4.1.3), code points as UTF-8. */
export const cssDecode: TransformationDefinition = {
  name: "cssDecode",
  summary: "Decodes CSS escapes: backslash and one to six hexadecimal digits, or any other byte.",
  examples: [
    { title: "hexadecimal", input: "\\6a avascript", output: "javascript" },
    { title: "escaped byte", input: "ja\\vascript", output: "javascript" },
  ],
  reactsTo: "\\",
  apply: (value) => {
    if (!value.includes("\\")) return value;
    let decoded = "";
    let from = 0;
    for (let at = value.indexOf("\\"); at >= 0; at = value.indexOf("\\", from)) {
      const { text, next } = decodeEscape(value, at);
      decoded += value.slice(from, at) + text;
      from = next;
    }
    return decoded + value.slice(from);
  },
};

function decodeEscape(value: ByteString, at: number): { readonly text: ByteString; readonly next: number } {
  let point = 0;
  let end = at + 1;
  for (; end < at + 7; end++) {
    const digit = hexValue(value.charCodeAt(end));
    if (digit < 0) break;
    point = point * 16 + digit;
  }
  if (end === at + 1) {
    // At the end, or before a line feed, the backslash goes with what it escapes.
    if (end >= value.length) return { text: "", next: end };
    return value[end] === "\n" ? { text: "", next: end + 1 } : { text: value[end]!, next: end + 1 };
  }
  if (isSpace(value.charCodeAt(end))) end++;
  if (point >= 0xff01 && point <= 0xff5e) return { text: String.fromCharCode(point - 0xfee0), next: end };
  return { text: encodeCodePoint(point === 0 ? 0xfffd : point), next: end };
}
