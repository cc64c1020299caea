import type { Variables } from "../variables.ts";
import type { WafSettings } from "../../settings.ts";
import type { ByteString } from "../../text/bytes.ts";
import { isSpace } from "../../text/ascii.ts";

/**
 * Adds the cookies of one Cookie header (spec: transaction, 4): split at the separator, names trimmed, values as they are,
 * empty names dropped, repeated names all kept. SecCookieFormat 1 also takes the quotes off values and drops `$` attributes.
 */
export function populateCookies(v: Variables, settings: Readonly<WafSettings>, header: ByteString): void {
  const separator = settings.cookieV0Separator;
  for (let start = 0; start <= header.length;) {
    let end = header.indexOf(separator, start);
    if (end < 0) end = header.length;
    addCookie(v, settings.cookieFormat, header, start, end);
    start = end + 1;
  }
}

function addCookie(v: Variables, format: 0 | 1, header: ByteString, start: number, end: number): void {
  let from = start;
  let to = end;
  while (from < to && isSpace(header.charCodeAt(from))) from++;
  while (to > from && isSpace(header.charCodeAt(to - 1))) to--;
  const equals = header.indexOf("=", from);
  const hasValue = equals >= 0 && equals < to;
  let nameEnd = hasValue ? equals : to;
  while (nameEnd > from && isSpace(header.charCodeAt(nameEnd - 1))) nameEnd--;
  if (nameEnd === from) return;
  const name = header.slice(from, nameEnd);
  let value = hasValue ? header.slice(equals + 1, to) : "";
  if (format === 1) {
    if (name.startsWith("$")) return;
    value = value.trimStart();
    if (value.length >= 2 && value.startsWith('"') && value.endsWith('"')) value = value.slice(1, -1);
  }
  v.requestCookies.add(name, value);
}
