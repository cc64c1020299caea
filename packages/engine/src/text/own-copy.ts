import type { ByteString } from "./bytes.ts";

/** A copy that shares no memory with the text it was cut from. Texts too short to be slices are copies already. */
export function ownCopy(text: ByteString): ByteString {
  return text.length < 13 ? text : `-${text}`.slice(1);
}
