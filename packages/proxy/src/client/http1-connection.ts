import type { Socket } from "node:net";
import type { ClientConnection, ClientStream } from "./client-stream.ts";
import type { HeadLimits, ParsedHead } from "../request-head.ts";
import { parseRequestHead } from "../request-head.ts";
import { ownResponse } from "@cuirass/node";
import { bodyFraming, http1Body } from "./http1-body.ts";
import { Http1Stream } from "./http1-stream.ts";
import { SocketReader } from "./socket-reader.ts";
import { formatHead } from "./write-response.ts";

/** Milliseconds that a client is waited for. */
export interface ClientTimeouts {
  /** A complete request head, from its first byte on; on a new connection from its opening on. */
  readonly requestHead: number;
  /** Silence within a request body, and a client that takes nothing of its answer. */
  readonly clientIdle: number;
  /** Between two requests of a connection. */
  readonly keepAlive: number;
}

/** What a connection needs to serve requests. */
export interface ConnectionContext {
  readonly timeouts: ClientTimeouts;
  readonly headLimits: HeadLimits;
  /** Requests that one connection may carry. */
  readonly requestsPerConnection: number;
  /** True once connections are to end after the request that is running. */
  draining(): boolean;
  /** Answers a request; resolves when the exchange is over. Never rejects. */
  handle(stream: ClientStream): Promise<void>;
  /** A request that is answered by this layer alone. */
  onRefused(status: number, reason: string, client: string): void;
}

/** An open connection as its listener sees it. */
export interface Connection {
  /** Ends it: at once when idle, after the running requests otherwise. */
  drain(): void;
  destroy(): void;
}

type CompleteHead = Exclude<ParsedHead, { kind: "incomplete" }>;

/** Serves the requests of one HTTP/1.1 connection, one after the other. */
export class Http1Connection implements Connection {
  readonly #socket: Socket;
  readonly #reader: SocketReader;
  readonly #context: ConnectionContext;
  readonly #connection: ClientConnection;
  #busy = false;

  constructor(socket: Socket, reader: SocketReader, connection: ClientConnection, context: ConnectionContext) {
    this.#socket = socket;
    this.#reader = reader;
    this.#context = context;
    this.#connection = connection;
  }

  drain(): void {
    if (!this.#busy) this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async serve(): Promise<void> {
    const context = this.#context;
    for (let count = 1; ; count++) {
      const parsed = await this.#readHead(count === 1);
      if (parsed === undefined) break;
      this.#busy = true;
      if (parsed.kind === "refused") {
        context.onRefused(parsed.status, parsed.reason, this.#connection.remoteAddress);
        this.#refuse(parsed.status, parsed.reason);
        break;
      }
      const { head } = parsed;
      this.#reader.take(head.length);
      const framing = bodyFraming(head);
      const body = framing === 0 ? undefined : http1Body(this.#reader, framing, context.timeouts.clientIdle);
      const isLast = count >= context.requestsPerConnection;
      const stream = new Http1Stream(this.#socket, this.#reader, head, this.#connection, body, {
        writeTimeoutMs: context.timeouts.clientIdle,
        mayReuse: () => !isLast && !context.draining(),
      });
      await context.handle(stream);
      if (stream.upgraded) return;
      if (!stream.reusable || context.draining()) break;
      this.#busy = false;
    }
    this.#close();
  }

  /** Reads until a head is complete; undefined when the connection ends between requests. */
  async #readHead(first: boolean): Promise<CompleteHead | undefined> {
    const { timeouts, headLimits } = this.#context;
    const reader = this.#reader;
    let deadline = first ? performance.now() + timeouts.requestHead : Infinity;
    for (let seen = 0; ;) {
      const { length } = reader.pending;
      const worthParsing = length > headLimits.head || hasTelltaleLine(reader.pending, seen);
      seen = length;
      if (worthParsing) {
        const parsed = parseRequestHead(reader.pending.toString("latin1", 0, headLimits.head + 1), headLimits);
        if (parsed.kind !== "incomplete") return parsed;
      }
      if (length > 0 && deadline === Infinity) deadline = performance.now() + timeouts.requestHead;
      const wait = deadline === Infinity ? timeouts.keepAlive : deadline - performance.now();
      const waiting = reader.pending.length > 0;
      if (wait > 0 && (await reader.more(wait))) continue;
      if (!waiting) return undefined;
      return performance.now() >= deadline - 5
        ? { kind: "refused", status: 408, reason: "the request head did not arrive in time" }
        : { kind: "refused", status: 400, reason: "the request head ended early" };
    }
  }

  #refuse(status: number, reason: string): void {
    const response = ownResponse(status, "-", "", `The request was refused: ${reason}.`);
    const body = Buffer.from(response.body, "utf8");
    const headers = [...response.headers, ["Content-Length", String(body.length)], ["Connection", "close"]] as const;
    this.#socket.write(formatHead(status, headers as readonly (readonly [string, string])[]), "latin1");
    this.#socket.write(body);
  }

  /** Half-closed first, so that the client can still read the answer while it sends; gone for good shortly after. */
  #close(): void {
    this.#reader.detach();
    this.#socket.end();
    this.#socket.resume();
    setTimeout(() => this.#socket.destroy(), 1000).unref();
  }
}

/**
 * True when the bytes from an offset on end the head or break it: an empty line, or a line feed without its carriage
 * return. Invariant: each byte of a head that trickles in is looked at once.
 */
function hasTelltaleLine(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf(0x0a, from); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at - 1] !== 0x0d || bytes[at - 2] === 0x0a || at === 1) return true;
  }
  return false;
}
