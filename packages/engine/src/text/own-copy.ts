import type { ByteString } from "./bytes.ts";
import { toBytes } from "./bytes.ts";

/**
 * A copy of a short text, at most some hundred bytes, that shares no memory with the text it was cut from.
 * Perf: its bytes lie in one piece; V8 compares texts that are parts of others ten times as slowly.
 */
export function ownCopy(text: ByteString): ByteString {
  return String.fromCharCode.apply(undefined, toBytes(text) as unknown as number[]);
}
