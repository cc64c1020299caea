import type { ByteString } from "./bytes.ts";
import { isSpace } from "./ascii.ts";

/** Without white space (TAB to CR, blank) at the chosen ends; the text itself when there is none. */
export function trimSpace(text: ByteString, left: boolean, right: boolean): ByteString {
  let start = 0;
  let end = text.length;
  if (left) while (start < end && isSpace(text.charCodeAt(start))) start++;
  if (right) while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}
