import type { ByteString } from "./bytes.ts";
import { isDigit } from "./ascii.ts";

/** A text that is an integer as a whole, with an optional sign; undefined for anything else or beyond 64 bits. */
export function parseWholeInt(text: ByteString): bigint | undefined {
  const first = text.charCodeAt(0);
  const start = first === 0x2b || first === 0x2d ? 1 : 0;
  if (start >= text.length) return undefined;
  for (let at = start; at < text.length; at++) if (!isDigit(text.charCodeAt(at))) return undefined;
  let zeros = start;
  while (zeros < text.length && text.charCodeAt(zeros) === 0x30) zeros++;
  // 20 digits are past 64 bits whatever they are; converting more would cost more than linear time.
  if (text.length - zeros > 19) return undefined;
  const magnitude = BigInt(text.slice(zeros));
  const value = first === 0x2d ? -magnitude : magnitude;
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
