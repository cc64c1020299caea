import type { ByteString } from "./bytes.ts";
import { percentDecode } from "./percent-decode.ts";

/** 1: may stand in a path; 2: may, but is escaped when the path has to be written anew (RFC 3986, 3.3, as Go reads it). */
const kinds = new Uint8Array(256);
for (const unit of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~$&+,/:;=@") {
  kinds[unit.charCodeAt(0)] = 1;
}
for (const unit of "!'()*[]%") kinds[unit.charCodeAt(0)] = 2;

/**
 * A path as a URI may hold it: the text itself when it is one already, else decoded and escaped as a whole with upper-case
 * digits (spec: transaction, 3, REQUEST_URI).
 */
export function encodePath(path: ByteString): ByteString {
  let at = 0;
  while (at < path.length && kinds[path.charCodeAt(at)] !== 0) at++;
  return at === path.length ? path : encodeBytes(percentDecode(path, false), isPlain);
}

/** Bytes that `keep` does not take as `%XX`. */
export function encodeBytes(text: ByteString, keep: (unit: number) => boolean): ByteString {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (keep(unit)) continue;
    pieces.push(text.slice(from, at), unit < 16 ? "%0" : "%", unit.toString(16).toUpperCase());
    from = at + 1;
  }
  if (from === 0) return text;
  pieces.push(text.slice(from));
  return pieces.join("");
}

function isPlain(unit: number): boolean {
  return kinds[unit] === 1;
}
