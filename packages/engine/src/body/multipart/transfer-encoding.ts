import type { ByteString } from "../../text/bytes.ts";
import { hexValue, toLowerAscii } from "../../text/ascii.ts";
import { base64DecodeExt } from "../../transformations/base64-decode-ext.ts";

/** A part's content after its Content-Transfer-Encoding; the content itself for encodings that change nothing. */
export function decodeTransfer(content: ByteString, encoding: ByteString): ByteString {
  switch (toLowerAscii(encoding)) {
    case "quoted-printable":
      return decodeQuotedPrintable(content);
    case "base64":
      return base64DecodeExt.apply(content);
    default:
      return content;
  }
}

/** RFC 2045, 6.7: `=HH` to a byte, `=` at a line's end joins it with the next; what is not valid stays as it is. */
function decodeQuotedPrintable(text: ByteString): ByteString {
  const pieces: string[] = [];
  let from = 0;
  for (let at = text.indexOf("="); at >= 0; at = text.indexOf("=", at + 1)) {
    const high = hexValue(text.charCodeAt(at + 1));
    const low = hexValue(text.charCodeAt(at + 2));
    let length = 0;
    if (high >= 0 && low >= 0) length = 3;
    else if (text.startsWith("\r\n", at + 1)) length = 3;
    else if (text.charCodeAt(at + 1) === 0x0a) length = 2;
    if (length === 0) continue;
    pieces.push(text.slice(from, at), high >= 0 && low >= 0 ? String.fromCharCode(high * 16 + low) : "");
    from = at + length;
    at = from - 1;
  }
  if (from === 0) return text;
  pieces.push(text.slice(from));
  return pieces.join("");
}
