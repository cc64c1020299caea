import { hexValue } from "../../text/ascii.ts";
import type { ByteString } from "../../text/bytes.ts";

/**
 * Splits `name=value` pieces and hands each decoded pair to `add`, in order; names that differ only in case are all kept
 * (gaps A7). Empty pieces are skipped, a piece without `=` is a name with an empty value (spec: transaction, 3).
 */
export function parseForm(
  text: ByteString,
  separator: ByteString,
  add: (name: ByteString, value: ByteString) => boolean,
): void {
  for (let start = 0; start <= text.length;) {
    let end = text.indexOf(separator, start);
    if (end < 0) end = text.length;
    if (end > start) {
      const equals = text.indexOf("=", start);
      if (equals < 0 || equals >= end) add(formDecode(text.slice(start, end)), "");
      else add(formDecode(text.slice(start, equals)), formDecode(text.slice(equals + 1, end)));
    }
    start = end + 1;
  }
}

/** `+` to blank and `%HH` to a byte; anything else stays. Returns the text itself when nothing changes. */
export function formDecode(text: ByteString): ByteString {
  if (!text.includes("%") && !text.includes("+")) return text;
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x2b) {
      pieces.push(text.slice(from, at), " ");
      from = at + 1;
    } else if (unit === 0x25) {
      const high = hexValue(text.charCodeAt(at + 1));
      const low = hexValue(text.charCodeAt(at + 2));
      if (high < 0 || low < 0) continue;
      pieces.push(text.slice(from, at), String.fromCharCode(high * 16 + low));
      at += 2;
      from = at + 1;
    }
  }
  pieces.push(text.slice(from));
  return pieces.join("");
}

/** True when a `%` is not followed by two hexadecimal digits. */
export function hasBadEscape(text: ByteString): boolean {
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at + 1)) {
    if (hexValue(text.charCodeAt(at + 1)) < 0 || hexValue(text.charCodeAt(at + 2)) < 0) return true;
  }
  return false;
}
