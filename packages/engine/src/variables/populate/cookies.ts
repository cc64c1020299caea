import type { Variables } from "../variables.ts";
import type { WafSettings } from "../../settings.ts";
import type { ByteString } from "../../text/bytes.ts";
import { isSpace } from "../../text/ascii.ts";

/**
 * Adds the cookies of one Cookie header (spec: transaction, 4): split at the separator, names trimmed, values as they are,
 * empty names dropped, repeated names all kept. With SecCookieFormat 1 values may be quoted (RFC 2109): separators inside
 * quotes are text, and the quotes are taken off.
 */
export function populateCookies(v: Variables, settings: Readonly<WafSettings>, header: ByteString): void {
  if (settings.cookieFormat === 1) return populateVersion1(v, header);
  const separator = settings.cookieV0Separator;
  for (let start = 0; start < header.length;) {
    let end = header.indexOf(separator, start);
    if (end < 0) end = header.length;
    addCookie(v, header, start, end, false);
    start = end + 1;
  }
}

/**
 * Compat: attributes such as `$Path` are kept as cookies of that name; ModSecurity renames them after the cookie before
 * them. An open quote ends at the end of the header, so nothing is lost.
 */
function populateVersion1(v: Variables, header: ByteString): void {
  let start = 0;
  let quoted = false;
  for (let at = 0; at < header.length; at++) {
    const unit = header.charCodeAt(at);
    if (quoted && unit === 0x5c) at++;
    else if (unit === 0x22) quoted = !quoted;
    else if (!quoted && (unit === 0x3b || unit === 0x2c)) {
      addCookie(v, header, start, at, true);
      start = at + 1;
    }
  }
  addCookie(v, header, start, header.length, true);
}

function addCookie(v: Variables, header: ByteString, start: number, end: number, unquote: boolean): void {
  let from = start;
  let to = end;
  while (from < to && isSpace(header.charCodeAt(from))) from++;
  while (to > from && isSpace(header.charCodeAt(to - 1))) to--;
  let equals = from;
  while (equals < to && header.charCodeAt(equals) !== 0x3d) equals++;
  let nameEnd = equals;
  while (nameEnd > from && isSpace(header.charCodeAt(nameEnd - 1))) nameEnd--;
  if (nameEnd === from) return;
  let valueStart = Math.min(equals + 1, to);
  if (unquote) {
    while (valueStart < to && isSpace(header.charCodeAt(valueStart))) valueStart++;
    if (to - valueStart > 1 && header.charCodeAt(valueStart) === 0x22 && header.charCodeAt(to - 1) === 0x22) {
      valueStart++;
      to--;
    }
  }
  v.requestCookies.add(header.slice(from, nameEnd), header.slice(valueStart, to));
}
