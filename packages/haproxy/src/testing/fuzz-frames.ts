import type { FragmentBudget } from "../spop/fragments.ts";
import { readDisconnect } from "../spop/disconnect.ts";
import { encodeFrame, FIN, FrameType, readFrame } from "../spop/frame.ts";
import { FrameSplitter } from "../spop/frame-splitter.ts";
import { Fragments } from "../spop/fragments.ts";
import { readHello } from "../spop/hello.ts";
import { readMessages, surveyMessages } from "../spop/message.ts";
import { SpopDecodeError } from "../spop/reader.ts";
import { readHeaders } from "../inspect/headers.ts";
import { encodeMessages, request, response, text } from "./notify.ts";
import { helloFrame } from "./spop-client.ts";

const FRAME_LIMIT = 16_380;

/** What a run came to. */
export interface FuzzTotals {
  readonly frames: number;
  readonly decoded: number;
  readonly refused: number;
  /** Most bytes that a splitter held. */
  readonly mostHeld: number;
}

/** Frames to mutate when none were recorded. */
export function sampleFrames(): Buffer[] {
  const notify = (ids: Uint8Array, ...messages: Parameters<typeof encodeMessages>[0]): Buffer =>
    encodeFrame(FrameType.notify, FIN, ids, encodeMessages(messages));
  const payload = encodeMessages([request("a=1"), response("x", "<p>")]);
  const ids = Uint8Array.of(3, 1);
  return [
    helloFrame(FRAME_LIMIT, "pipelining,async"),
    helloFrame(65_532, "", true),
    notify(Uint8Array.of(0, 1), request("q=%3Cscript%3E", [text("id", "A".repeat(40))])),
    notify(Uint8Array.of(0xf0, 0x80, 0, 2), request(""), ["other", []]),
    encodeFrame(FrameType.notify, 0, ids, payload.subarray(0, 50)),
    encodeFrame(FrameType.unset, FIN, ids, payload.subarray(50)),
    encodeFrame(FrameType.unset, 3, ids, new Uint8Array(0)),
    encodeFrame(FrameType.haproxyDisconnect, FIN, Uint8Array.of(0, 0), Buffer.from("\x0bstatus-code\x03\x02")),
  ];
}

/**
 * Mutates frames and feeds them, in pieces of any size, to everything that reads bytes of a peer.
 * @throws whatever escapes, and when a limit is broken. Deterministic by seed.
 */
export function fuzzFrames(frames: readonly Uint8Array[], count: number, seed: number): FuzzTotals {
  const random = generator(seed);
  const budget: FragmentBudget = { used: 0, total: 1 << 20, perFrame: 1 << 16 };
  let fragments = new Fragments(budget);
  let splitter = new FrameSplitter(FRAME_LIMIT);
  let decoded = 0;
  let refused = 0;
  let mostHeld = 0;
  const onFrame = (bytes: Buffer): boolean => {
    if (readAll(bytes, fragments)) decoded++;
    else refused++;
    return true;
  };
  for (let round = 0; round < count; round++) {
    const mutated = mutate(frames[random(frames.length)]!, random);
    const cut = random(4) === 0 ? random(mutated.length + 1) : mutated.length;
    const broken = splitter.push(mutated.subarray(0, cut), onFrame) ?? splitter.push(mutated.subarray(cut), onFrame);
    mostHeld = Math.max(mostHeld, splitter.held);
    if (splitter.held > 2 * (FRAME_LIMIT + 4)) throw new Error(`the splitter holds ${splitter.held} bytes`);
    if (budget.used > budget.total) throw new Error(`fragments hold ${budget.used} bytes`);
    // A broken stream ends its connection; now and then connections end of themselves.
    if (broken === undefined && random(50) > 0) continue;
    if (broken !== undefined) refused++;
    fragments.reset();
    fragments = new Fragments(budget);
    splitter = new FrameSplitter(FRAME_LIMIT);
  }
  fragments.reset();
  if (budget.used !== 0) throw new Error(`${budget.used} bytes of fragments were never given back`);
  return { frames: count, decoded, refused, mostHeld };
}

/** Gives a frame to every reader; false when the one for its type refuses it. */
function readAll(bytes: Buffer, fragments: Fragments): boolean {
  let accepted = true;
  const refuses = (read: () => unknown): boolean => {
    try {
      read();
      return false;
    } catch (error) {
      if (error instanceof SpopDecodeError) return true;
      throw error;
    }
  };
  if (refuses(() => readFrame(bytes))) return false;
  const frame = readFrame(bytes);
  const hello = readHello(frame);
  if (frame.type === FrameType.haproxyHello) accepted = typeof hello !== "number";
  const badDisconnect = refuses(() => readDisconnect(frame.payload));
  if (frame.type === FrameType.haproxyDisconnect) accepted = !badDisconnect;
  // Both readers of a NOTIFY must agree about what can be read.
  const badMessages = refuses(() => readMessages(frame.payload));
  if (badMessages !== refuses(() => surveyMessages(frame.payload))) {
    throw new Error(`the readers disagree about ${Buffer.from(frame.payload).toString("hex")}`);
  }
  if (frame.type === FrameType.notify) accepted = !badMessages;
  if (!badMessages) {
    for (const { args } of readMessages(frame.payload)) {
      for (const { name, data } of args) if (name === "headers") readHeaders(data);
    }
  }
  if (frame.type === FrameType.notify || frame.type === FrameType.unset) {
    const outcome = fragments.add(frame);
    if (outcome.kind === "complete") refuses(() => readMessages(outcome.frame.payload));
    else if (outcome.kind === "disconnect") fragments.reset();
  }
  return accepted;
}

function mutate(frame: Uint8Array, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(frame);
  for (let times = random(5); times > 0; times--) {
    const at = random(bytes.length);
    switch (random(6)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at]! ^= 1 << random(8);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random(20))]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(random(20), random(256)), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes, bytes.subarray(at)]);
        break;
      default:
        // Lengths at their limits.
        bytes.fill(0xff, at, Math.min(bytes.length, at + random(10)));
    }
    if (bytes.length < 5) return bytes;
  }
  // Most frames announce their true length: what is wrong lies inside.
  if (random(8) > 0) bytes.writeUInt32BE(bytes.length - 4, 0);
  return bytes;
}

/** Numbers below a bound (mulberry32). */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
