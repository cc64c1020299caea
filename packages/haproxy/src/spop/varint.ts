import type { SpopReader } from "./reader.ts";
import { SpopDecodeError } from "./reader.ts";

const MAX_BYTES = 10;
/** Below it, 32-bit arithmetic is exact. */
const SMALL = 2 ** 31;
const MAX_VALUE = (1n << 64n) - 1n;

/**
 * Reads SPOP's variable-length integer: a number up to 2^53 - 1, a bigint beyond.
 *
 * Each continuation byte is added whole, its 0x80 bit included, so every value has exactly one encoding
 * (source: spec spop, 2.1; HAProxy's SPOE document).
 *
 * @throws SpopDecodeError when the bytes end, on more than 10 bytes, and on values beyond 64 bits.
 */
export function readVarint(reader: SpopReader): number | bigint {
  const start = reader.at;
  const first = reader.byte();
  if (first < 240) return first;
  let value = first;
  // 7 bytes hold less than 2^48: exact as a number.
  for (let factor = 16, length = 2; length <= 7; length++, factor *= 128) {
    const byte = reader.byte();
    value += byte * factor;
    if (byte < 128) return value;
  }
  reader.at = start + 1;
  let wide = BigInt(first);
  for (let shift = 4n, length = 2; ; length++, shift += 7n) {
    if (length > MAX_BYTES) throw new SpopDecodeError("an integer takes more than 10 bytes");
    const byte = reader.byte();
    wide += BigInt(byte) << shift;
    if (byte < 128) break;
  }
  if (wide > MAX_VALUE) throw new SpopDecodeError("an integer is larger than 64 bits");
  return wide <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wide) : wide;
}

/** Bytes that {@link writeVarint} needs. */
export function varintLength(value: number | bigint): number {
  if (value >= 0 && value < 240) return 1;
  if (value >= 0 && value < SMALL) {
    let length = 2;
    for (let rest = (Number(value) - 240) >>> 4; rest >= 128; rest = (rest - 128) >>> 7) length++;
    return length;
  }
  let rest = (unsigned(value) - 240n) >> 4n;
  let length = 2;
  for (; rest >= 128n; length++) rest = (rest - 128n) >> 7n;
  return length;
}

/** Writes a value at `at`, negative ones as 64-bit two's complement; returns the position after it. */
export function writeVarint(target: Uint8Array, at: number, value: number | bigint): number {
  if (value >= 0 && value < 240) {
    target[at] = Number(value);
    return at + 1;
  }
  if (value >= 0 && value < SMALL) {
    const small = Number(value);
    target[at++] = (small & 0xff) | 0xf0;
    let rest = (small - 240) >>> 4;
    for (; rest >= 128; rest = (rest - 128) >>> 7) target[at++] = (rest & 0xff) | 0x80;
    target[at++] = rest;
    return at;
  }
  const whole = unsigned(value);
  target[at++] = Number(whole & 0xffn) | 0xf0;
  let rest = (whole - 240n) >> 4n;
  for (; rest >= 128n; rest = (rest - 128n) >> 7n) target[at++] = Number(rest & 0xffn) | 0x80;
  target[at++] = Number(rest);
  return at;
}

function unsigned(value: number | bigint): bigint {
  return BigInt.asUintN(64, BigInt(value));
}
