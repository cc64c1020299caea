import { SpopReader } from "./reader.ts";
import { readVarint } from "./varint.ts";

/** Frame types (source: spec spop, 1.1). */
export const FrameType = {
  unset: 0,
  haproxyHello: 1,
  haproxyDisconnect: 2,
  notify: 3,
  agentHello: 101,
  agentDisconnect: 102,
  ack: 103,
} as const;

/** Last fragment, or not fragmented. */
export const FIN = 1;
/** The frame is given up. */
export const ABORT = 2;

/** Shortest frame: type, flags, two ids of one byte. */
export const MIN_FRAME_LENGTH = 7;
/** Bytes of the length field before every frame. */
export const LENGTH_BYTES = 4;

/** Stream and frame id 0, as HELLO and DISCONNECT carry them. */
export const noIds: Uint8Array = Uint8Array.of(0, 0);

/** A frame without its length field. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  /** Stream id and frame id as they came: they are echoed and never interpreted. */
  readonly ids: Uint8Array;
  readonly payload: Uint8Array;
  /** Bytes of the whole frame, length field not counted. */
  readonly length: number;
}

/** Takes a frame apart. @throws SpopDecodeError when its header is broken. */
export function readFrame(bytes: Uint8Array): Frame {
  const reader = new SpopReader(bytes);
  const type = reader.byte();
  const word = reader.take(4);
  const flags = ((word[0]! << 24) | (word[1]! << 16) | (word[2]! << 8) | word[3]!) >>> 0;
  const start = reader.at;
  readVarint(reader);
  readVarint(reader);
  return {
    type,
    flags,
    ids: bytes.subarray(start, reader.at),
    payload: bytes.subarray(reader.at),
    length: bytes.length,
  };
}

/** One buffer with length, header and payload, to be written with a single call. */
export function encodeFrame(type: number, flags: number, ids: Uint8Array, payload: Uint8Array): Buffer {
  const length = 5 + ids.length + payload.length;
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + length);
  frame.writeUInt32BE(length, 0);
  frame[4] = type;
  frame.writeUInt32BE(flags, 5);
  frame.set(ids, 9);
  frame.set(payload, 9 + ids.length);
  return frame;
}

/** Room for a payload in a frame of at most `maxFrameSize` bytes. */
export function payloadRoom(maxFrameSize: number, ids: Uint8Array): number {
  return maxFrameSize - 5 - ids.length;
}
