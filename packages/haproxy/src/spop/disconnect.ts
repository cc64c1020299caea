import { encodeFrame, FIN, FrameType, noIds } from "./frame.ts";
import { encodeList, readList } from "./key-value-list.ts";
import { latin1 } from "./reader.ts";

/** Status codes of DISCONNECT (source: spec spop, 4). */
export const SpopStatus = {
  normal: 0,
  tooBig: 3,
  invalid: 4,
  noVersion: 5,
  noMaxFrameSize: 6,
  badVersion: 8,
  badFrameSize: 9,
  noFragmentation: 10,
  interlaced: 11,
  unknown: 99,
} as const;

/** HAProxy's own words for the codes. */
const texts: Readonly<Record<number, string>> = {
  0: "normal",
  1: "I/O error",
  2: "a timeout occurred",
  3: "frame is too big",
  4: "invalid frame received",
  5: "version value not found",
  6: "max-frame-size value not found",
  7: "capabilities value not found",
  8: "unsupported version",
  9: "max-frame-size too big or too small",
  10: "fragmentation not supported",
  11: "invalid interlaced frames",
  12: "frame-id not found",
  13: "resource allocation error",
  99: "an unknown error occurred",
};

/** What a status code means. */
export function statusText(status: number): string {
  return texts[status] ?? `status ${status}`;
}

/** AGENT-DISCONNECT. */
export function encodeDisconnect(status: number, message: string = statusText(status)): Buffer {
  const payload = encodeList([
    ["status-code", { type: "uint32", value: status }],
    ["message", { type: "string", value: Buffer.from(message, "latin1") }],
  ]);
  return encodeFrame(FrameType.agentDisconnect, FIN, noIds, payload);
}

/** Code and text of a HAPROXY-DISCONNECT; code 99 when it tells none. @throws SpopDecodeError */
export function readDisconnect(payload: Uint8Array): { readonly status: number; readonly message: string } {
  const items = readList(payload);
  const status = items.get("status-code");
  const message = items.get("message");
  return {
    status: status?.type === "uint32" ? Number(status.value) : SpopStatus.unknown,
    message: message?.type === "string" ? latin1(message.value) : "",
  };
}
