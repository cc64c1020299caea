import type { ByteString } from "../../text/bytes.ts";
import { fromBytes } from "../../text/bytes.ts";

/** Every byte with its top bit set so that the number of ones is even (0) or odd (1). The value itself when nothing changes. */
export function withParity(value: ByteString, parity: 0 | 1): ByteString {
  const bytes = new Uint8Array(value.length);
  let changed = false;
  for (let at = 0; at < value.length; at++) {
    const low = value.charCodeAt(at) & 0x7f;
    let ones = low ^ (low >> 4);
    ones ^= ones >> 2;
    ones ^= ones >> 1;
    const byte = (ones & 1) === parity ? low : low | 0x80;
    bytes[at] = byte;
    changed ||= byte !== value.charCodeAt(at);
  }
  return changed ? fromBytes(bytes) : value;
}
