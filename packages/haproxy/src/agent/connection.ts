import type { Socket } from "node:net";
import type { FragmentBudget } from "../spop/fragments.ts";
import type { Frame } from "../spop/frame.ts";
import type { NotifySurvey } from "../spop/message.ts";
import type { Submission } from "./dispatcher.ts";
import { errorVariables } from "../inspect/variables.ts";
import { encodeActions } from "../spop/actions.ts";
import { encodeDisconnect, readDisconnect, SpopStatus, statusText } from "../spop/disconnect.ts";
import { Fragments } from "../spop/fragments.ts";
import { ABORT, encodeFrame, FIN, FrameType, payloadRoom, readFrame } from "../spop/frame.ts";
import { FrameSplitter } from "../spop/frame-splitter.ts";
import { encodeHello, readHello } from "../spop/hello.ts";
import { surveyMessages } from "../spop/message.ts";
import { SpopDecodeError } from "../spop/reader.ts";

/** Largest frame before sizes are agreed on. */
const HELLO_LIMIT = 65_536;
const HELLO_DEADLINE_MS = 5000;
/** A connection with so many messages under way is not read until half of them are answered. */
const MAX_OUTSTANDING = 64;
const LINGER_MS = 2000;
/** Answers leave after this long at the latest, however many others are being worked on. */
const TOGETHER_MS = 1;

/** What connections need from the agent. */
export interface ConnectionContext {
  readonly maxFrameSize: number;
  readonly fragments: FragmentBudget;
  /** False until rules are loaded, and once the agent is stopping. */
  ready(): boolean;
  submit(submission: Submission): void;
  frame(type: number, length: number): void;
  error(kind: string, level: "debug" | "warn", message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** One connection of HAProxy: handshake, then messages and answers until either side says DISCONNECT. */
export class Connection {
  readonly #socket: Socket;
  readonly #context: ConnectionContext;
  readonly #splitter = new FrameSplitter(HELLO_LIMIT);
  readonly #fragments: Fragments;
  readonly #helloTimer: NodeJS.Timeout;
  #state: "hello" | "running" | "closed" = "hello";
  #maxFrameSize = HELLO_LIMIT;
  #outstanding = 0;
  /** When the first of the answers that wait for others was written. */
  #corkedAt: number | undefined;
  #onIdle: (() => void) | undefined;

  constructor(socket: Socket, context: ConnectionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#fragments = new Fragments(context.fragments);
    this.#helloTimer = setTimeout(() => this.#disconnect(SpopStatus.unknown), HELLO_DEADLINE_MS).unref();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("drain", () => this.#resume());
    // Resets are how HAProxy ends idle connections and probes.
    socket.on("error", (error) => context.error("connection", "debug", error.message, {}));
    socket.on("end", () => this.#close());
    socket.on("close", () => this.#close());
  }

  /** Answers what is under way, then says DISCONNECT. */
  async stop(): Promise<void> {
    if (this.#state === "closed") return;
    if (this.#outstanding > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#disconnect(SpopStatus.normal);
  }

  #read(chunk: Buffer): void {
    if (this.#state === "closed") return;
    const broken = this.#splitter.push(chunk, (bytes) => {
      this.#receive(bytes);
      return this.#state !== "closed";
    });
    if (broken !== undefined) this.#refuse(broken);
  }

  #receive(bytes: Buffer): void {
    let frame: Frame;
    try {
      frame = readFrame(bytes);
    } catch (error) {
      if (!(error instanceof SpopDecodeError)) throw error;
      return this.#refuse(SpopStatus.invalid);
    }
    this.#context.frame(frame.type, frame.length);
    if (this.#state === "hello") return this.#greet(frame);
    switch (frame.type) {
      case FrameType.notify:
        if ((frame.flags & FIN) !== 0 && !this.#fragments.open) return this.#inspect(frame);
        return this.#assemble(frame);
      case FrameType.unset:
        return this.#assemble(frame);
      case FrameType.haproxyDisconnect:
        return this.#takeLeave(frame);
      case FrameType.haproxyHello:
        return this.#refuse(SpopStatus.invalid);
      default:
        this.#context.error("frame_type", "debug", `frame of type ${frame.type} skipped`, {});
    }
  }

  // ---- handshake and end

  #greet(frame: Frame): void {
    const hello = readHello(frame);
    if (typeof hello === "number") {
      this.#context.error("hello", "warn", `HELLO refused: ${statusText(hello)}`, { status: hello });
      return this.#disconnect(hello);
    }
    if (!this.#context.ready()) return this.#disconnect(SpopStatus.unknown, "no rules are in force");
    clearTimeout(this.#helloTimer);
    this.#maxFrameSize = Math.min(hello.maxFrameSize, this.#context.maxFrameSize);
    this.#splitter.limit = this.#maxFrameSize;
    const capabilities = hello.capabilities.includes("pipelining") ? "pipelining,fragmentation" : "fragmentation";
    this.#socket.write(encodeHello(this.#maxFrameSize, hello.healthCheck ? "" : capabilities));
    this.#state = "running";
    if (hello.healthCheck) this.#end();
  }

  #takeLeave(frame: Frame): void {
    try {
      const { status, message } = readDisconnect(frame.payload);
      const level = status <= 2 ? "debug" : "warn";
      this.#context.error("haproxy_disconnect", level, `HAProxy disconnects: ${message}`, { status });
    } catch (error) {
      if (!(error instanceof SpopDecodeError)) throw error;
    }
    this.#disconnect(SpopStatus.normal);
  }

  /** The peer broke the protocol. */
  #refuse(status: number): void {
    this.#context.error("protocol", "warn", `connection closed: ${statusText(status)}`, { status });
    this.#disconnect(status);
  }

  #disconnect(status: number, message?: string): void {
    if (this.#state === "closed") return;
    this.#socket.write(encodeDisconnect(status, message));
    this.#end();
  }

  #end(): void {
    this.#close();
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  #close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    clearTimeout(this.#helloTimer);
    this.#fragments.reset();
    this.#onIdle?.();
  }

  // ---- messages

  #assemble(frame: Frame): void {
    const outcome = this.#fragments.add(frame);
    switch (outcome.kind) {
      case "complete":
        return this.#inspect(outcome.frame);
      case "disconnect":
        return this.#refuse(outcome.status);
      case "refuse":
        this.#context.error("fragments_too_large", "warn", "a fragmented message is too large", {});
        this.#write(encodeFrame(FrameType.ack, FIN | ABORT, outcome.ids, new Uint8Array(0)));
        return;
      case "wait":
    }
  }

  #inspect(frame: Frame): void {
    const ids = frame.ids.slice();
    let survey: NotifySurvey;
    try {
      survey = surveyMessages(frame.payload);
    } catch (error) {
      if (!(error instanceof SpopDecodeError)) throw error;
      // The frame ends where it said: only this message is lost, and HAProxy's rules learn of it.
      this.#context.error("decode", "warn", `a message cannot be read: ${error.message}`, {});
      return this.#acknowledge(ids, encodeActions(errorVariables(undefined, "flag")));
    }
    // HAProxy 3.1 sends messages without content when their conditions are false.
    if (survey.name === undefined) return this.#acknowledge(ids, new Uint8Array(0));
    if (++this.#outstanding >= MAX_OUTSTANDING) this.#socket.pause();
    this.#context.submit({
      app: survey.app ?? "",
      id: survey.id,
      isResponse: survey.name === "coraza-res",
      payload: new Uint8Array(frame.payload),
      frameLength: frame.length,
      maxFrameSize: this.#maxFrameSize,
      room: payloadRoom(this.#maxFrameSize, ids),
      answer: (actions) => {
        this.#outstanding--;
        this.#acknowledge(ids, actions);
        this.#resume();
        if (this.#outstanding === 0) this.#onIdle?.();
      },
    });
  }

  #acknowledge(ids: Uint8Array, actions: Uint8Array): void {
    this.#write(encodeFrame(FrameType.ack, FIN, ids, actions));
  }

  /**
   * One write per frame: frames of one connection never interleave. Answers of one turn of the event loop leave together,
   * but none waits for more than a moment.
   * Perf: with eight requests at a time on one core 4 answers a packet, which spares the agent 50 µs a request and HAProxy,
   * which each of them wakes, 70 (e2e:haproxy, throughput).
   */
  #write(frame: Buffer): void {
    if (this.#state !== "running") return;
    const now = performance.now();
    if (this.#corkedAt === undefined) {
      this.#corkedAt = now;
      this.#socket.cork();
      process.nextTick(() => this.#uncork());
    }
    if (!this.#socket.write(frame)) this.#socket.pause();
    if (now - this.#corkedAt > TOGETHER_MS) {
      this.#socket.uncork();
      this.#socket.cork();
      this.#corkedAt = now;
    }
  }

  #uncork(): void {
    this.#corkedAt = undefined;
    this.#socket.uncork();
  }

  #resume(): void {
    if (this.#outstanding <= MAX_OUTSTANDING / 2 && !this.#socket.writableNeedDrain) this.#socket.resume();
  }
}
