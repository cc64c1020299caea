import type { ByteString } from "./bytes.ts";
import { utf8CharacterLength, utf8CodePoint } from "./utf8-character.ts";

/** Bytes to JavaScript text as UTF-8; every byte that is part of no valid sequence becomes U+FFFD. ASCII is returned as it is. */
export function decodeUtf8(bytes: ByteString): string {
  let at = 0;
  while (at < bytes.length && bytes.charCodeAt(at) < 0x80) at++;
  if (at === bytes.length) return bytes;
  const pieces = [bytes.slice(0, at)];
  for (let from = at; at < bytes.length; from = at) {
    while (at < bytes.length && bytes.charCodeAt(at) < 0x80) at++;
    if (at > from) {
      pieces.push(bytes.slice(from, at));
      continue;
    }
    const length = utf8CharacterLength(bytes, at);
    pieces.push(length === 0 ? "\ufffd" : String.fromCodePoint(utf8CodePoint(bytes, at, length)));
    at += Math.max(1, length);
  }
  return pieces.join("");
}
