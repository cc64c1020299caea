import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Frame } from "../spop/frame.ts";
import type { TestMessage } from "./notify.ts";
import { encodeFrame, FIN, FrameType, noIds, readFrame } from "../spop/frame.ts";
import { FrameSplitter } from "../spop/frame-splitter.ts";
import { encodeList } from "../spop/key-value-list.ts";
import { SpopReader } from "../spop/reader.ts";
import { readName, readTypedData } from "../spop/typed-data.ts";
import { encodeMessages } from "./notify.ts";

/** Plays HAProxy towards an agent. */
export class SpopClient {
  readonly socket: Socket;
  readonly #frames: Frame[] = [];
  readonly #waiting: ((frame: Frame | undefined) => void)[] = [];
  #closed = false;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    const splitter = new FrameSplitter(2 ** 20);
    this.socket.on("data", (chunk) => {
      splitter.push(chunk, (bytes) => {
        const frame = readFrame(new Uint8Array(bytes));
        const next = this.#waiting.shift();
        if (next === undefined) this.#frames.push(frame);
        else next(frame);
        return true;
      });
    });
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => {
      this.#closed = true;
      for (const next of this.#waiting.splice(0)) next(undefined);
    });
  }

  /** The next frame; undefined when the connection has ended. */
  next(): Promise<Frame | undefined> {
    const frame = this.#frames.shift();
    if (frame !== undefined || this.#closed) return Promise.resolve(frame);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async hello(maxFrameSize = 16_380, capabilities = "pipelining,async"): Promise<Frame | undefined> {
    this.socket.write(helloFrame(maxFrameSize, capabilities));
    return this.next();
  }

  notify(stream: number, frame: number, messages: readonly TestMessage[]): void {
    this.socket.write(encodeFrame(FrameType.notify, FIN, Uint8Array.of(stream, frame), encodeMessages(messages)));
  }

  /** Sends messages and resolves with the variables of the answer. */
  async ask(stream: number, messages: readonly TestMessage[]): Promise<Map<string, unknown>> {
    this.notify(stream, 1, messages);
    return variablesOf(await this.next());
  }

  close(): void {
    this.socket.destroy();
  }
}

/** HAPROXY-HELLO. */
export function helloFrame(maxFrameSize: number, capabilities: string, healthCheck = false): Buffer {
  const items = encodeList([
    ["supported-versions", { type: "string", value: Buffer.from("2.0") }],
    ["max-frame-size", { type: "uint32", value: maxFrameSize }],
    ["capabilities", { type: "string", value: Buffer.from(capabilities) }],
    ...(healthCheck ? [["healthcheck", { type: "bool", value: true }] as const] : []),
  ]);
  return encodeFrame(FrameType.haproxyHello, FIN, noIds, items);
}

/** Variables that an ACK sets, bytes as latin1 text. */
export function variablesOf(ack: Frame | undefined): Map<string, unknown> {
  const variables = new Map<string, unknown>();
  if (ack?.type !== FrameType.ack) throw new Error(`no ACK but ${ack === undefined ? "the end" : `type ${ack.type}`}`);
  const reader = new SpopReader(ack.payload);
  while (!reader.done) {
    reader.skip(3);
    const name = readName(reader);
    const data = readTypedData(reader);
    const value = data.type === "null" ? undefined : data.value;
    variables.set(name, value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value);
  }
  return variables;
}
