import type { ByteString } from "./bytes.ts";
import { hexValue } from "./ascii.ts";
import { fromBytes, toBytes } from "./bytes.ts";

/**
 * `%HH` to a byte, once; broken escapes stay as they are. In forms a `+` is a blank (WHATWG URL, 5.1).
 * Returns the text itself when nothing changes.
 */
export function percentDecode(text: ByteString, plusIsBlank: boolean): ByteString {
  const hasPlus = plusIsBlank && text.includes("+");
  if (!hasPlus && !text.includes("%")) return text;
  if (text.length > SHORT) return decodeLong(text, plusIsBlank);
  return decodeShort(hasPlus ? text.replace(plus, " ") : text);
}

const plus = /\+/g;
const SHORT = 256;

function decodeShort(text: ByteString): ByteString {
  let decoded = "";
  let from = 0;
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at)) {
    const byte = escapeAt(text, at);
    if (byte < 0) at++;
    else {
      decoded += text.slice(from, at) + String.fromCharCode(byte);
      at += 3;
      from = at;
    }
  }
  return from === 0 ? text : decoded + text.slice(from);
}

/** Perf: a megabyte of words with a plus between them in 10 ms, where putting pieces together takes 36. */
function decodeLong(text: ByteString, plusIsBlank: boolean): ByteString {
  const bytes = toBytes(text);
  let length = 0;
  let changed = false;
  for (let at = 0; at < bytes.length; at++) {
    let byte = bytes[at]!;
    if (byte === 0x2b && plusIsBlank) {
      byte = 0x20;
      changed = true;
    } else if (byte === 0x25) {
      const escaped = escapeAt(text, at);
      if (escaped >= 0) {
        byte = escaped;
        at += 2;
        changed = true;
      }
    }
    bytes[length++] = byte;
  }
  return changed ? fromBytes(bytes, length) : text;
}

/** The byte that the escape at an offset stands for; -1 when it is none. */
function escapeAt(text: ByteString, at: number): number {
  const high = hexValue(text.charCodeAt(at + 1));
  const low = hexValue(text.charCodeAt(at + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** True when a `%` is not followed by two hexadecimal digits. */
export function hasBadEscape(text: ByteString): boolean {
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at + 1)) {
    if (escapeAt(text, at) < 0) return true;
  }
  return false;
}
