import type { ByteString } from "./bytes.ts";
import { toBytes } from "./bytes.ts";

/**
 * A copy of a short text, at most some hundred bytes, that shares no memory with the text it was cut from.
 * Perf: its bytes lie in one piece; V8 compares parts of other texts by a call of its runtime: phases 1 and 2 of a browser's
 * request 120 µs instead of 127 (bench, level 1).
 */
export function ownCopy(text: ByteString): ByteString {
  return String.fromCharCode.apply(undefined, toBytes(text) as unknown as number[]);
}
