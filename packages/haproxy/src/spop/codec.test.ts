import { describe, expect, test } from "vitest";
import type { TypedData } from "./typed-data.ts";
import type { GoldenValue } from "../testing/golden.ts";
import type { VariableAction } from "./actions.ts";
import { fuzzFrames, sampleFrames } from "../testing/fuzz-frames.ts";
import { goldenFrames } from "../testing/golden.ts";
import { encodeActions } from "./actions.ts";
import { encodeDisconnect, readDisconnect, statusText } from "./disconnect.ts";
import { encodeFrame, FrameType, LENGTH_BYTES, readFrame } from "./frame.ts";
import { encodeHello, readHello } from "./hello.ts";
import { encodeList, readList } from "./key-value-list.ts";
import { readMessages, surveyMessages } from "./message.ts";
import { SpopReader } from "./reader.ts";
import { readName, readTypedData } from "./typed-data.ts";
import { readVarint, varintLength, writeVarint } from "./varint.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("varint", () => {
  const table: [number | bigint, string][] = [
    [0, "00"],
    [127, "7f"],
    [128, "80"],
    [239, "ef"],
    [240, "f000"],
    [241, "f100"],
    [255, "ff00"],
    [256, "f001"],
    [300, "fc03"],
    [403, "f30a"],
    [2287, "ff7f"],
    [949110, "f6a8ce02"],
    [2288, "f08000"],
    [15360, "f0b106"],
    [16380, "fcf006"],
    [65535, "fff01e"],
    [264431, "ffff7f"],
    [264432, "f0808000"],
    [1000000, "f095e702"],
    [33818863, "ffffff7f"],
    [33818864, "f080808000"],
    [4294967295, "fff0fefe7e"],
    [Number.MAX_SAFE_INTEGER, "fff0fefefefefe7e"],
    [2n ** 64n - 5n, "fbf0fefefefefefefe0e"],
    [2n ** 64n - 1n, "fff0fefefefefefefe0e"],
  ];
  test.each(table)("%s is %s", (value, bytes) => {
    const target = new Uint8Array(12);
    const end = writeVarint(target, 0, value);
    expect(Buffer.from(target.subarray(0, end)).toString("hex")).toBe(bytes);
    expect(varintLength(value)).toBe(end);
    const reader = new SpopReader(hex(bytes));
    expect(readVarint(reader)).toBe(value);
    expect(reader.done).toBe(true);
  });

  test.each(["f0", "fffe", "fff0fefefefefefefefefe0e", "fff0fefefefefefefe0f"])("%s is refused", (bytes) => {
    expect(() => readVarint(new SpopReader(hex(bytes)))).toThrow();
  });

  test("negative values are two's complement of 64 bits", () => {
    const target = new Uint8Array(10);
    expect(writeVarint(target, 0, -5)).toBe(10);
    expect(Buffer.from(target).toString("hex")).toBe("fbf0fefefefefefefe0e");
  });
});

const golden = goldenFrames();

/** Frames whose list of actions is broken on purpose. */
const brokenActions = /bad-action|bad-nbargs|bad-scope|trunc-action/;
/** Frames with bits that this encoder never writes. */
const oddBits = /strflag|boolflag3/;

describe.skipIf(golden.length === 0)("golden frames", () => {
  test("all 76 are there", () => expect(golden).toHaveLength(76));

  test.each(golden.map((frame) => [frame.name, frame] as const))(
    "%s decodes and encodes byte for byte",
    (name, item) => {
      const bytes = hex(item.hex);
      expect(bytes.readUInt32BE(0)).toBe(item.length);
      const frame = readFrame(bytes.subarray(LENGTH_BYTES));
      expect(frame.type).toBe(item.decoded.type);
      expect(frame.flags).toBe(item.decoded.flags);
      expect(encodeFrame(frame.type, frame.flags, frame.ids, frame.payload)).toEqual(bytes);
      if (item.decoded.kv !== undefined) {
        const list = [...readList(frame.payload)];
        expect(list.map(plain)).toEqual(item.decoded.kv.map(plainGolden));
        expect(Buffer.from(encodeList(list))).toEqual(Buffer.from(frame.payload));
      }
      if (item.decoded.messages !== undefined && frame.flags === 1 && frame.type === FrameType.notify) {
        const messages = readMessages(frame.payload);
        expect(messages.map((message) => message.name)).toEqual(item.decoded.messages.map((message) => message.name));
        const args = messages.flatMap((message) => message.args.map(({ name: key, data }) => plain([key, data])));
        expect(args).toEqual(item.decoded.messages.flatMap((message) => message.args.map(plainGolden)));
      }
      if (frame.type === FrameType.ack && !brokenActions.test(name)) {
        const actions = readActions(frame.payload);
        if (!oddBits.test(name)) expect(Buffer.from(encodeActions(actions))).toEqual(Buffer.from(frame.payload));
      }
    },
  );

  test("our own HELLO and DISCONNECT are the bytes that HAProxy accepted", () => {
    const bytes = (name: string): Buffer => hex(golden.find((frame) => frame.name === name)!.hex);
    expect(encodeHello(16_380, "")).toEqual(bytes("agent-hello-ok"));
    expect(encodeHello(16_380, "pipelining")).toEqual(bytes("agent-hello-pipelining"));
    expect(encodeDisconnect(0)).toEqual(bytes("agent-disconnect-0"));
  });

  test("HAProxy's HELLO frames are understood", () => {
    const hello = (name: string): ReturnType<typeof readHello> =>
      readHello(readFrame(hex(golden.find((frame) => frame.name === name)!.hex).subarray(LENGTH_BYTES)));
    expect(hello("ha26-hello")).toMatchObject({
      maxFrameSize: 16_380,
      capabilities: ["pipelining", "async"],
      engineId: "e273f689-d12e-4634-b0e5-af3770bef6ca",
      healthCheck: false,
    });
    expect(hello("ha32-hello-healthcheck")).toMatchObject({ engineId: "", healthCheck: true });
    expect(hello("ha26-hello-maxframe-600")).toMatchObject({ maxFrameSize: 600 });
  });

  test("HAProxy's texts of DISCONNECT are ours", () => {
    for (const item of golden.filter(({ decoded }) => decoded.type === FrameType.haproxyDisconnect)) {
      const { status, message } = readDisconnect(readFrame(hex(item.hex).subarray(LENGTH_BYTES)).payload);
      expect(message).toBe(statusText(status));
    }
  });
});

test("20,000 mutated frames: nothing escapes, memory stays within its limits", () => {
  const recorded = golden.map((frame) => hex(frame.hex));
  const totals = fuzzFrames([...sampleFrames(), ...recorded], 20_000, 7);
  expect(totals.decoded).toBeGreaterThan(1000);
  expect(totals.refused).toBeGreaterThan(1000);
});

describe("HELLO", () => {
  const frame = (items: readonly (readonly [string, TypedData])[], flags = 1, type = 1, ids = Uint8Array.of(0, 0)) =>
    readFrame(encodeFrame(type, flags, ids, encodeList(items)).subarray(LENGTH_BYTES));
  const version = ["supported-versions", { type: "string", value: Buffer.from("1.0 , 2.0") }] as const;
  const size = ["max-frame-size", { type: "uint32", value: 1_048_576 }] as const;
  const of = (value: number): readonly [string, TypedData] => ["max-frame-size", { type: "uint32", value }];

  test("items in any order, unknown items and large frames are accepted", () => {
    const extra = ["future", { type: "bool", value: true }] as const;
    expect(readHello(frame([size, extra, version]))).toMatchObject({ maxFrameSize: 1_048_576, healthCheck: false });
  });

  test.each([
    ["a NOTIFY first", frame([version, size], 1, 3), 4],
    ["no FIN", frame([version, size], 0), 10],
    ["a stream id", frame([version, size], 1, 1, Uint8Array.of(1, 0)), 4],
    ["no version", frame([size]), 5],
    ["version 1.0 only", frame([["supported-versions", { type: "string", value: Buffer.from("1.0") }], size]), 8],
    ["no size", frame([version]), 6],
    ["size 255", frame([version, of(255)]), 9],
    ["size 2^31", frame([version, of(2 ** 31)]), 9],
  ])("%s is refused", (_name, hello, status) => expect(readHello(hello)).toBe(status));

  test("healthcheck false is an ordinary connection", () => {
    const check = ["healthcheck", { type: "bool", value: false }] as const;
    expect(readHello(frame([version, size, check]))).toMatchObject({ healthCheck: false });
  });
});

test("counts are honoured, and an empty NOTIFY has no message", () => {
  const payload = hex("01 61 02 01 78 08 01 31 01 78 08 01 32 01 62 00");
  const [first, second] = readMessages(payload);
  expect(first!.args.map(({ data }) => plain(["x", data])[2])).toEqual(["1", "2"]);
  expect(second).toEqual({ name: "b", args: [] });
  expect(readMessages(new Uint8Array())).toEqual([]);
});

test("a survey finds the message that asks, and the last app and id in it", () => {
  const text = (name: string, value: string): string =>
    `\0${name}\x08\0${value}`
      .replace("\0", String.fromCharCode(name.length))
      .replace("\0", String.fromCharCode(value.length));
  const payload = Buffer.from(
    `\x05other\x01${text("id", "no")}\x0acoraza-res\x04${text("app", "a")}${text("id", "1")}${text("id", "2")}${text("x", "y")}\x0acoraza-req\x00`,
    "latin1",
  );
  expect(surveyMessages(payload)).toEqual({ name: "coraza-res", app: "a", id: "2" });
  expect(surveyMessages(new Uint8Array())).toEqual({ name: undefined, app: undefined, id: undefined });
});

function readActions(payload: Uint8Array): VariableAction[] {
  const reader = new SpopReader(payload);
  const actions: VariableAction[] = [];
  while (!reader.done) {
    const kind = reader.byte();
    expect(reader.byte()).toBe(kind === 1 ? 3 : 2);
    const scope = reader.byte();
    const name = readName(reader);
    actions.push({ scope, name, data: kind === 1 ? readTypedData(reader) : undefined });
  }
  return actions;
}

function plain([name, data]: readonly [string, TypedData]): unknown[] {
  if (data.type === "null") return [name, "null", undefined];
  return [name, data.type, data.value instanceof Uint8Array ? Buffer.from(data.value).toString("latin1") : data.value];
}

/** Long values are shortened in the file: what it shows is compared. */
function plainGolden(item: GoldenValue & { readonly length?: number }): unknown[] {
  if (item.type === "null") return [item.name, "null", undefined];
  if (item.hex !== undefined) return [item.name, item.type, hex(item.hex).toString("latin1")];
  if (item.type === "ipv4")
    return [item.name, item.type, String.fromCharCode(...String(item.value).split(".").map(Number))];
  if (item.value === undefined) return [item.name, item.type, expect.any(String)];
  return [item.name, item.type, item.value];
}
