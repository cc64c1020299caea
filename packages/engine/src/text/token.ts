import type { ByteString } from "./bytes.ts";

const kinds = new Uint8Array(256);
for (const unit of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  kinds[unit.charCodeAt(0)] = 1;
}

/** True for a token (RFC 9110, 5.6.2): a method, a field name. */
export function isToken(text: ByteString): boolean {
  for (let at = 0; at < text.length; at++) if (kinds[text.charCodeAt(at)] !== 1) return false;
  return text !== "";
}
