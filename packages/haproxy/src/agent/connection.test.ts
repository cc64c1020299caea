import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Submission } from "./dispatcher.ts";
import { readDisconnect } from "../spop/disconnect.ts";
import { ABORT, encodeFrame, FIN, FrameType, noIds } from "../spop/frame.ts";
import { encodeMessages, request, text } from "../testing/notify.ts";
import { helloFrame, SpopClient, variablesOf } from "../testing/spop-client.ts";
import { Connection } from "./connection.ts";

let server: Server;
let client: SpopClient;
let connection: Connection;
let submitted: Submission[];
let errors: string[];
let ready: boolean;
/** What becomes of a message: answered at once with no variables, or kept for the test to answer. */
let answerAtOnce: boolean;

beforeEach(async () => {
  submitted = [];
  errors = [];
  ready = true;
  answerAtOnce = true;
  server = createServer((socket) => {
    connection = new Connection(socket, {
      maxFrameSize: 65_536,
      fragments: { used: 0, total: 10_000, perFrame: 4000 },
      ready: () => ready,
      submit: (submission) => {
        submitted.push(submission);
        if (answerAtOnce) submission.answer(new Uint8Array(0));
      },
      frame: () => undefined,
      error: (kind, level) => void (level === "warn" && errors.push(kind)),
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = new SpopClient((server.address() as AddressInfo).port);
});

afterEach(() => {
  client.close();
  server.close();
});

async function disconnectStatus(): Promise<number> {
  const frame = await client.next();
  expect(frame?.type).toBe(FrameType.agentDisconnect);
  const { status } = readDisconnect(frame!.payload);
  expect(await client.next()).toBeUndefined();
  return status;
}

const raw = (bytes: Uint8Array): void => void client.socket.write(bytes);
const notify = (ids: Uint8Array, payload: Uint8Array, flags = FIN, type: number = FrameType.notify): void =>
  raw(encodeFrame(type, flags, ids, payload));
const message = encodeMessages([request("a=1", [text("id", "abc")])]);
const until = async (condition: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 400 && !condition(); turn++) await new Promise((resolve) => setTimeout(resolve, 5));
};

test("HELLO is answered with the smaller frame size and the capabilities that were offered", async () => {
  const hello = await client.hello(1_048_576);
  expect(hello?.type).toBe(FrameType.agentHello);
  expect(Buffer.from(hello!.payload).toString("latin1")).toContain("pipelining,fragmentation");
  const other = new SpopClient((server.address() as AddressInfo).port);
  expect(Buffer.from((await other.hello(16_380, ""))!.payload).toString("latin1")).not.toContain("pipelining");
  other.close();
});

test("a health check gets HELLO and the end, or DISCONNECT while there are no rules", async () => {
  raw(helloFrame(16_380, "", true));
  expect((await client.next())?.type).toBe(FrameType.agentHello);
  expect(await client.next()).toBeUndefined();
  ready = false;
  client = new SpopClient((server.address() as AddressInfo).port);
  raw(helloFrame(16_380, "", true));
  expect(await disconnectStatus()).toBe(99);
});

test.each([
  ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 3],
  ["a frame shorter than its head", Buffer.from([0, 0, 0, 3, 1, 2, 3]), 4],
  ["a NOTIFY before HELLO", encodeFrame(FrameType.notify, FIN, Uint8Array.of(1, 1), message), 4],
  ["a broken stream id", encodeFrame(FrameType.haproxyHello, FIN, new Uint8Array(12).fill(0xff), message), 4],
])("%s ends the connection with its status", async (_name, bytes, status) => {
  raw(bytes);
  expect(await disconnectStatus()).toBe(status);
});

test("a second HELLO, and a frame beyond the agreed size, end the connection", async () => {
  await client.hello();
  raw(helloFrame(16_380, ""));
  expect(await disconnectStatus()).toBe(4);
  client = new SpopClient((server.address() as AddressInfo).port);
  await client.hello(256);
  notify(Uint8Array.of(1, 1), new Uint8Array(300));
  expect(await disconnectStatus()).toBe(3);
});

test("a frame may come byte by byte", async () => {
  await client.hello();
  for (const byte of encodeFrame(FrameType.notify, FIN, Uint8Array.of(0, 1), message)) {
    raw(Uint8Array.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await client.next())?.ids).toEqual(Uint8Array.of(0, 1));
  expect(submitted).toMatchObject([{ app: "site", id: "abc", isResponse: false }]);
});

test("messages in one segment are answered in any order, each with its own ids", async () => {
  await client.hello();
  answerAtOnce = false;
  raw(Buffer.concat([1, 3, 5].map((stream) => encodeFrame(FrameType.notify, FIN, Uint8Array.of(stream, 1), message))));
  await until(() => submitted.length === 3);
  for (const { answer } of submitted.toReversed()) answer(new Uint8Array(0));
  for (const stream of [5, 3, 1]) expect((await client.next())?.ids).toEqual(Uint8Array.of(stream, 1));
});

test("a message that cannot be read is answered with an error, and the connection goes on", async () => {
  await client.hello();
  notify(Uint8Array.of(7, 1), message.subarray(0, 40));
  expect(variablesOf(await client.next()).get("decision")).toBe("error");
  notify(Uint8Array.of(9, 1), message);
  expect((await client.next())?.ids).toEqual(Uint8Array.of(9, 1));
  expect(errors).toEqual(["decode"]);
});

test("a NOTIFY without messages, unknown frame types and the peer's DISCONNECT", async () => {
  await client.hello();
  notify(Uint8Array.of(1, 1), new Uint8Array(0));
  expect((await client.next())?.payload).toHaveLength(0);
  notify(Uint8Array.of(2, 1), message, FIN, 42);
  notify(noIds, new Uint8Array(0), FIN, FrameType.haproxyDisconnect);
  expect(await disconnectStatus()).toBe(0);
  expect(submitted).toHaveLength(0);
});

test("fragments are put together", async () => {
  await client.hello();
  const ids = Uint8Array.of(3, 1);
  notify(ids, message.subarray(0, 50), 0);
  notify(ids, message.subarray(50, 60), 0, FrameType.unset);
  notify(ids, message.subarray(60), FIN, FrameType.unset);
  expect((await client.next())?.ids).toEqual(ids);
  expect(Buffer.from(submitted[0]!.payload)).toEqual(Buffer.from(message));
});

test("interlaced fragments end the connection; given-up ones do not", async () => {
  await client.hello();
  notify(Uint8Array.of(3, 1), message.subarray(0, 50), 0);
  notify(Uint8Array.of(3, 1), new Uint8Array(0), FIN | ABORT, FrameType.unset);
  notify(Uint8Array.of(3, 2), message.subarray(0, 50), 0);
  notify(Uint8Array.of(5, 1), message);
  expect(await disconnectStatus()).toBe(11);
});

test("fragments beyond the limit are refused with ABORT, and what follows is inspected", async () => {
  await client.hello();
  const ids = Uint8Array.of(3, 1);
  notify(ids, new Uint8Array(3000), 0);
  notify(ids, new Uint8Array(3000), 0, FrameType.unset);
  notify(ids, new Uint8Array(3000), FIN, FrameType.unset);
  notify(Uint8Array.of(5, 1), message);
  expect((await client.next())?.flags).toBe(FIN | ABORT);
  expect((await client.next())?.ids).toEqual(Uint8Array.of(5, 1));
});

test("a connection with many messages under way is not read further, and goes on afterwards", async () => {
  await client.hello();
  answerAtOnce = false;
  for (let stream = 0; stream < 200; stream++) {
    notify(Uint8Array.of(stream, 1), encodeMessages([request("x".repeat(2000))]));
  }
  await until(() => submitted.length >= 64);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(submitted.length).toBeLessThan(150);
  answerAtOnce = true;
  for (const { answer } of submitted.slice()) answer(new Uint8Array(0));
  await until(() => submitted.length === 200);
  expect(submitted).toHaveLength(200);
});

test("stopping answers what is under way before it says DISCONNECT", async () => {
  await client.hello();
  answerAtOnce = false;
  notify(Uint8Array.of(1, 1), message);
  await until(() => submitted.length === 1);
  const stopped = connection.stop();
  submitted[0]!.answer(new Uint8Array(0));
  await stopped;
  expect((await client.next())?.type).toBe(FrameType.ack);
  expect(await disconnectStatus()).toBe(0);
});

test("answers of one turn of the event loop arrive in one packet", async () => {
  await client.hello(65_536);
  answerAtOnce = false;
  for (let n = 1; n <= 3; n++) notify(Uint8Array.of(n, 1), message);
  await until(() => submitted.length === 3);
  const packets: number[] = [];
  client.socket.on("data", (bytes: Buffer) => packets.push(bytes.length));
  for (const { answer } of submitted) answer(new Uint8Array(0));
  const frames = [await client.next(), await client.next(), await client.next()];
  expect(frames.map((frame) => frame?.type)).toEqual([FrameType.ack, FrameType.ack, FrameType.ack]);
  expect(packets).toHaveLength(1);
});
