import type { ByteString } from "../text/bytes.ts";
import { utf8CharacterLength, utf8CodePoint } from "../text/utf8-character.ts";

const named: ReadonlyMap<number, string> = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0b, "\\v"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
]);

/** A text in double quotes as Go's strconv.Quote writes it: controls and broken bytes escaped, printable UTF-8 as it is. */
export function quote(text: ByteString): ByteString {
  let out = '"';
  let from = 0;
  for (let at = 0; at < text.length;) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x20 && unit < 0x7f && unit !== 0x22 && unit !== 0x5c) {
      at++;
      continue;
    }
    const length = unit < 0x80 ? 1 : utf8CharacterLength(text, at);
    if (length > 1 && isPrintable(utf8CodePoint(text, at, length))) {
      at += length;
      continue;
    }
    out += text.slice(from, at) + escape(text, at, length);
    at += Math.max(1, length);
    from = at;
  }
  return `${out}${text.slice(from)}"`;
}

/** A field of a line whose fields stand between blanks: as it is, except for bytes that would end the field or the line. */
export function escapeField(text: ByteString): ByteString {
  return quote(text).slice(1, -1).replaceAll(" ", "\\x20");
}

function escape(text: ByteString, at: number, length: number): string {
  const unit = text.charCodeAt(at);
  if (length <= 1) return named.get(unit) ?? `\\x${unit.toString(16).padStart(2, "0")}`;
  const point = utf8CodePoint(text, at, length);
  return point > 0xffff ? `\\U${point.toString(16).padStart(8, "0")}` : `\\u${point.toString(16).padStart(4, "0")}`;
}

/** C1 controls, separators, private use and non-characters are escaped; everything else beyond ASCII is taken as printable. */
function isPrintable(point: number): boolean {
  return !/[\p{C}\p{Z}]/u.test(String.fromCodePoint(point));
}
