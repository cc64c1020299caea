import type { ByteString } from "./bytes.ts";
import { hexValue } from "./ascii.ts";

/**
 * `%HH` to a byte, once; broken escapes stay as they are. In forms a `+` is a blank (WHATWG URL, 5.1).
 * Returns the text itself when nothing changes.
 */
export function percentDecode(text: ByteString, plusIsBlank: boolean): ByteString {
  if (!text.includes("%") && !(plusIsBlank && text.includes("+"))) return text;
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x2b && plusIsBlank) {
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
  if (from === 0) return text;
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
