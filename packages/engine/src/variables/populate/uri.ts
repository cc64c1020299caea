import type { Variables } from "../variables.ts";
import type { WafSettings } from "../../settings.ts";
import type { ByteString } from "../../text/bytes.ts";
import { hexValue } from "../../text/ascii.ts";
import { hasBadEscape, parseForm } from "./form.ts";

/**
 * The variables of the request line, and the arguments of the query string (spec: transaction, 3).
 *
 * Compat: a target that is not valid still yields its path, query and arguments, and URLENCODED_ERROR is 1 (gaps A10, A11);
 * Coraza then shows rules no arguments at all. A bad escape in the query alone is left to @validateUrlEncoding: a lone
 * percent sign is common in harmless queries.
 */
export function populateUri(
  v: Variables,
  settings: Readonly<WafSettings>,
  uri: ByteString,
  method: ByteString,
  protocol: ByteString,
  addArgument: (name: ByteString, value: ByteString) => boolean,
): void {
  v.requestMethod.set(method);
  v.requestProtocol.set(protocol);
  v.requestUriRaw.set(uri);
  v.requestLine.set(`${method} ${uri} ${protocol}`);

  const hash = uri.indexOf("#");
  const target = hash < 0 ? uri : uri.slice(0, hash);
  const question = target.indexOf("?");
  const beforeQuery = question < 0 ? target : target.slice(0, question);
  const query = question < 0 ? "" : target.slice(question + 1);
  const origin = originOf(beforeQuery);
  const path = beforeQuery.slice(origin.length);
  const valid = isValidTarget(target, origin, path);
  if (!valid) v.urlencodedError.set("1");

  const filename = decodePath(path);
  v.requestFilename.set(filename);
  v.requestBasename.set(basename(filename));
  v.queryString.set(query);
  const tail = question < 0 ? "" : `?${query}`;
  v.requestUri.set(valid ? origin + encodePath(path) + tail : target);
  parseForm(query, settings.argumentSeparator, addArgument);
}

/** Scheme and authority of an absolute URI, "" for a path. `//host` is a path. */
function originOf(text: ByteString): ByteString {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]{0,63}:\/\//.exec(text);
  if (scheme === null) return "";
  const slash = text.indexOf("/", scheme[0].length);
  return slash < 0 ? text : text.slice(0, slash);
}

/** What a strict request-target parser accepts: a path, an absolute URI or `*`, without controls and broken escapes. */
function isValidTarget(target: ByteString, origin: ByteString, path: ByteString): boolean {
  for (let at = 0; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit < 0x20 || unit === 0x7f) return false;
  }
  if (target === "*") return true;
  if (origin !== "" && !/^[^:]*:\/\/[^:]*(?::\d*)?$/.test(origin) && !origin.includes("[")) return false;
  if (origin === "" && !path.startsWith("/")) return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(target);
  return !hasBadEscape(path);
}

/** `%HH` to bytes, once; a `+` of a path is a plus. */
function decodePath(path: ByteString): ByteString {
  if (!path.includes("%")) return path;
  const pieces: string[] = [];
  let from = 0;
  for (let at = path.indexOf("%"); at >= 0; at = path.indexOf("%", at + 1)) {
    const high = hexValue(path.charCodeAt(at + 1));
    const low = hexValue(path.charCodeAt(at + 2));
    if (high < 0 || low < 0) continue;
    pieces.push(path.slice(from, at), String.fromCharCode(high * 16 + low));
    from = at + 3;
    at += 2;
  }
  pieces.push(path.slice(from));
  return pieces.join("");
}

/** Bytes that a path may not hold as they are, as `%XX`; escapes that are there stay as written. */
function encodePath(path: ByteString): ByteString {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < path.length; at++) {
    const unit = path.charCodeAt(at);
    if (isPathByte(unit)) continue;
    pieces.push(path.slice(from, at), `%${unit.toString(16).toUpperCase().padStart(2, "0")}`);
    from = at + 1;
  }
  if (pieces.length === 0) return path;
  // A path with bytes to escape is escaped as a whole, from its decoded form.
  return encodeDecoded(decodePath(path));
}

function encodeDecoded(path: ByteString): ByteString {
  let out = "";
  for (let at = 0; at < path.length; at++) {
    const unit = path.charCodeAt(at);
    const plain = isPathByte(unit) && unit !== 0x25 && !"!'()*[]".includes(path[at]!);
    out += plain ? path[at]! : `%${unit.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/** Unreserved, sub-delimiters, `:` `@` `/` `%` and brackets. */
function isPathByte(unit: number): boolean {
  if ((unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39)) return true;
  return unit < 0x80 && "-_.~!$&'()*+,;=:@/%[]".includes(String.fromCharCode(unit));
}

/** What follows the last slash or backslash; the whole path when nothing does. */
function basename(path: ByteString): ByteString {
  const slash = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return slash === path.length - 1 ? path : path.slice(slash + 1);
}
