import type { Frame } from "./frame.ts";
import type { TypedData } from "./typed-data.ts";
import { SpopStatus } from "./disconnect.ts";
import { encodeFrame, FIN, FrameType, noIds } from "./frame.ts";
import { encodeList, readList } from "./key-value-list.ts";
import { latin1, SpopDecodeError } from "./reader.ts";

/** Smallest and largest frame size a peer may offer. */
const MIN_FRAME_SIZE = 256;
const MAX_FRAME_SIZE = 2 ** 31 - 1;

/** What HAProxy offers on a new connection. */
export interface Hello {
  readonly maxFrameSize: number;
  readonly capabilities: readonly string[];
  /** UUID of HAProxy's engine; "" on health checks. */
  readonly engineId: string;
  readonly healthCheck: boolean;
}

/** Reads the first frame of a connection; a number is the status to refuse it with (source: spec spop, 3.1). */
export function readHello(frame: Frame): Hello | number {
  if (frame.type !== FrameType.haproxyHello) return SpopStatus.invalid;
  if ((frame.flags & FIN) === 0) return SpopStatus.noFragmentation;
  if (frame.ids.length !== 2 || frame.ids[0] !== 0 || frame.ids[1] !== 0) return SpopStatus.invalid;
  let items: Map<string, TypedData>;
  try {
    items = readList(frame.payload);
  } catch (error) {
    if (error instanceof SpopDecodeError) return SpopStatus.invalid;
    throw error;
  }
  const versions = text(items.get("supported-versions"));
  if (versions === undefined) return SpopStatus.noVersion;
  if (!words(versions).some((version) => /^2\.0$/.test(version))) return SpopStatus.badVersion;
  const size = items.get("max-frame-size");
  if (size === undefined || !("value" in size)) return SpopStatus.noMaxFrameSize;
  const maxFrameSize = Number(size.value);
  if (!(maxFrameSize >= MIN_FRAME_SIZE && maxFrameSize <= MAX_FRAME_SIZE)) return SpopStatus.badFrameSize;
  const healthCheck = items.get("healthcheck");
  return {
    maxFrameSize,
    capabilities: words(text(items.get("capabilities")) ?? ""),
    engineId: text(items.get("engine-id")) ?? "",
    healthCheck: healthCheck?.type === "bool" && healthCheck.value,
  };
}

/** AGENT-HELLO. */
export function encodeHello(maxFrameSize: number, capabilities: string): Buffer {
  const payload = encodeList([
    ["version", { type: "string", value: Buffer.from("2.0") }],
    ["max-frame-size", { type: "uint32", value: maxFrameSize }],
    ["capabilities", { type: "string", value: Buffer.from(capabilities) }],
  ]);
  return encodeFrame(FrameType.agentHello, FIN, noIds, payload);
}

function text(data: TypedData | undefined): string | undefined {
  return data?.type === "string" ? latin1(data.value) : undefined;
}

function words(list: string): string[] {
  return list
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}
