import type { ByteString } from "../../text/bytes.ts";
import { hexValue, isDigit, toLowerAscii } from "../../text/ascii.ts";
import { encodeBytes, encodePath } from "../../text/encode-path.ts";
import { hasBadEscape } from "../../text/percent-decode.ts";

/** A request target without fragment, taken apart. */
export interface RequestTarget {
  /** As received, escapes included. */
  readonly path: ByteString;
  /** After the first `?`; undefined when there is none. */
  readonly query: ByteString | undefined;
  /** Written anew with the escapes it lacks; as received when it is not valid. */
  readonly uri: ByteString;
  /** A strict parser of request targets accepts it. */
  readonly valid: boolean;
}

/**
 * Takes a request target apart, whatever it is: a path, an absolute URI, `*`, or neither. `//host/path` is a path, since
 * that is how servers route it.
 *
 * Compat: what stands before the query of `scheme:opaque` is its path; Coraza shows rules an empty REQUEST_FILENAME there.
 */
export function splitTarget(text: ByteString): RequestTarget {
  const schemeEnd = endOfScheme(text);
  const question = text.indexOf("?");
  const end = question < 0 ? text.length : question;
  const query = question < 0 ? undefined : text.slice(question + 1);
  const clean = text !== "" && !hasControl(text);
  if (schemeEnd > 0 && text.charCodeAt(schemeEnd) !== 0x2f)
    return { path: text.slice(0, end), query, uri: text, valid: clean };

  let pathStart = schemeEnd;
  let prefix = toLowerAscii(text.slice(0, schemeEnd));
  let valid = clean && (text === "*" || text.startsWith("/", schemeEnd));
  if (schemeEnd > 0 && text.startsWith("//", schemeEnd)) {
    pathStart = text.indexOf("/", schemeEnd + 2);
    if (pathStart < 0 || pathStart > end) pathStart = end;
    const authority = text.slice(schemeEnd + 2, pathStart);
    prefix += `//${encodeBytes(authority, isAscii)}`;
    valid &&= isAuthority(authority);
  }
  const path = text.slice(pathStart, end);
  valid &&= !hasBadEscape(path);
  const tail = query === undefined ? "" : `?${query}`;
  return { path, query, uri: valid ? prefix + encodePath(path) + tail : text, valid };
}

/** Offset after the colon of a scheme (RFC 3986, 3.1), 0 when there is none. */
function endOfScheme(text: ByteString): number {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const letter = unit | 0x20;
    if (letter >= 0x61 && letter <= 0x7a) continue;
    if (at === 0) return 0;
    if (unit === 0x3a) return at + 1;
    if (!isDigit(unit) && unit !== 0x2b && unit !== 0x2d && unit !== 0x2e) return 0;
  }
  return 0;
}

function hasControl(text: ByteString): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit === 0x7f) return true;
  }
  return false;
}

function isAscii(unit: number): boolean {
  return unit < 0x80;
}

/** What Go's parser takes for `user@host:port`. */
function isAuthority(authority: ByteString): boolean {
  const at = authority.lastIndexOf("@");
  if (at >= 0 && !holdsOnly(authority, 0, at, "-._:~!$&'()*+,;=%@", false)) return false;
  if (at >= 0 && hasBadEscape(authority.slice(0, at))) return false;
  const bracket = authority.charCodeAt(at + 1) === 0x5b ? authority.lastIndexOf("]") : -2;
  if (bracket === -1) return false;
  const colon = bracket >= 0 ? bracket + 1 : authority.lastIndexOf(":");
  const hostEnd = colon > at ? colon : authority.length;
  for (let unit = hostEnd + 1; unit < authority.length; unit++) if (!isDigit(authority.charCodeAt(unit))) return false;
  if (hostEnd < authority.length && authority.charCodeAt(hostEnd) !== 0x3a) return false;
  return (
    holdsOnly(authority, at + 1, hostEnd, "-_.~!$&'()*+,;=:[]<>\"%", true) && hasHostEscapes(authority, at + 1, hostEnd)
  );
}

function holdsOnly(text: ByteString, from: number, to: number, others: string, nonAscii: boolean): boolean {
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    const letter = unit | 0x20;
    if ((letter >= 0x61 && letter <= 0x7a) || isDigit(unit) || (nonAscii && unit >= 0x80)) continue;
    if (!others.includes(text[at]!)) return false;
  }
  return true;
}

/** Escapes in a host may stand for bytes beyond ASCII and for the percent sign of a zone. */
function hasHostEscapes(text: ByteString, from: number, to: number): boolean {
  for (let at = text.indexOf("%", from); at >= 0 && at < to; at = text.indexOf("%", at + 1)) {
    const high = hexValue(text.charCodeAt(at + 1));
    if (high < 0 || hexValue(text.charCodeAt(at + 2)) < 0) return false;
    if (high < 8 && !text.startsWith("%25", at)) return false;
  }
  return true;
}
