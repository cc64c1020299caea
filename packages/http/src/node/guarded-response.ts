import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { MaybePromise } from "@cuirass/engine";
import { isPromise } from "@cuirass/engine";
import type { OwnResponse } from "../block-response.ts";
import type { Exchange, Verdict } from "../handler.ts";
import { responseHasBody } from "../shapes.ts";
import type { NodeRequest } from "./request-head.ts";
import { isHttp2 } from "./request-head.ts";
import { patch } from "./patch.ts";

/** A response of node:http or of node:http2's compatibility layer. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

type Callback = (error?: Error | null) => void;
type Write = (piece: unknown, encoding?: BufferEncoding | Callback, callback?: Callback) => boolean;
type End = (piece?: unknown, encoding?: BufferEncoding | Callback, callback?: Callback) => unknown;
type WriteHead = (status: number, ...rest: unknown[]) => unknown;

/**
 * Inspects what an application answers before any of it leaves. `writeHead`, `write`, `end` and `flushHeaders` of the
 * response are replaced; with the first of them the head is inspected, and the body is held back when the rules want it.
 * A response that is not held passes through as it is written.
 *
 *     open     the application has sent nothing yet
 *     waiting  head or body are being decided, or the body is being collected
 *     through  decided: everything goes straight to Node
 *     replaced another response was sent; what the application still writes is dropped
 */
export class GuardedResponse {
  #state: "open" | "waiting" | "through" | "replaced" = "open";
  readonly #exchange: Exchange;
  readonly #request: NodeRequest;
  readonly #response: NodeResponse;
  readonly #write: Write;
  readonly #end: End;
  readonly #writeHead: WriteHead;
  readonly #flushHeaders: () => void;
  #unseal: (() => void)[] = [];
  /** The body as the application wrote it, until it is let through. */
  #held: Uint8Array[] = [];
  #headWritten = false;
  #flushed = false;
  #ended = false;
  #drainWanted = false;
  #onEnd: Callback | undefined;
  /** A decision is under way in another thread or at a port. */
  #pending = false;
  /** Pieces written meanwhile that inspection has not seen; they are in `#held` too. */
  readonly #unseen: Uint8Array[] = [];

  constructor(exchange: Exchange, request: NodeRequest, response: NodeResponse) {
    this.#exchange = exchange;
    this.#request = request;
    this.#response = response;
    const target = response as ServerResponse;
    this.#write = target.write.bind(target) as Write;
    this.#end = target.end.bind(target) as End;
    this.#writeHead = target.writeHead.bind(target) as WriteHead;
    this.#flushHeaders = target.flushHeaders.bind(target);
    Object.assign(response, {
      writeHead: (status: number, ...rest: unknown[]): unknown => this.#onWriteHead(status, rest),
      write: (piece: unknown, encoding?: BufferEncoding | Callback, callback?: Callback): boolean =>
        this.#onWrite(piece, encoding, callback),
      end: (piece?: unknown, encoding?: BufferEncoding | Callback, callback?: Callback): unknown =>
        this.#onEndCall(piece, encoding, callback),
      flushHeaders: (): void => this.#onFlush(),
    });
  }

  /** Answers in the application's place. */
  replace(verdict: NonNullable<Verdict>): void {
    this.#open();
    this.#held = [];
    // What Node calls in turn (end calls write, write calls writeHead) has to reach Node too.
    this.#state = "through";
    // A head that has gone out cannot be taken back; the rest of the response can.
    if (verdict.kind === "drop" || this.#response.headersSent) this.#response.destroy();
    else this.#answer(verdict.response);
    this.#state = "replaced";
  }

  #answer({ status, headers, body }: OwnResponse): void {
    const response = this.#response as ServerResponse;
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = status;
    if (!isHttp2(this.#request)) response.statusMessage = "";
    for (const [name, value] of headers) response.setHeader(name, value);
    const bytes = Buffer.from(body, "utf8");
    response.setHeader("Content-Length", bytes.length);
    this.#end(this.#request.method === "HEAD" ? undefined : bytes);
  }

  // ---- what the application calls

  #onWriteHead(status: number, rest: unknown[]): unknown {
    if (this.#state === "replaced") return this.#response;
    if (this.#state === "waiting") return refuseHeaders();
    if (this.#state === "through" || status < 200) return this.#writeHead(status, ...rest);
    const response = this.#response as ServerResponse;
    const [first, second] = rest;
    response.statusCode = status;
    if (typeof first === "string") response.statusMessage = first;
    applyHeaders(response, typeof first === "string" ? second : (second ?? first));
    this.#headWritten = true;
    this.#commit();
    return response;
  }

  #onFlush(): void {
    this.#flushed = true;
    if (this.#state === "open") this.#commit();
    if (this.#state === "through") this.#flushHeaders();
  }

  #onWrite(piece: unknown, encoding: BufferEncoding | Callback | undefined, callback: Callback | undefined): boolean {
    if (this.#state === "open") this.#commit();
    if (this.#state === "through") return this.#write(piece, encoding as BufferEncoding, callback);
    const done = typeof encoding === "function" ? encoding : callback;
    if (this.#state === "waiting" && this.#ended) {
      const error = Object.assign(new Error("write after end"), { code: "ERR_STREAM_WRITE_AFTER_END" });
      process.nextTick(() => done?.(error));
      return false;
    }
    if (done !== undefined) process.nextTick(done);
    if (this.#state === "replaced") return true;
    // Whoever asks to be told when the bytes are gone may use the memory again then.
    const bytes = done === undefined ? toBytes(piece, encoding) : toBytes(piece, encoding).slice();
    this.#hold(bytes);
    if (this.#pending) this.#drainWanted = true;
    return !this.#pending;
  }

  #onEndCall(piece: unknown, encoding: BufferEncoding | Callback | undefined, callback: Callback | undefined): unknown {
    if (typeof piece === "function") return this.#onEndCall(undefined, undefined, piece as Callback);
    if (typeof encoding === "function") return this.#onEndCall(piece, undefined, encoding);
    if (this.#state === "open") this.#commit();
    if (this.#state === "through") return this.#end(piece, encoding, callback);
    if (this.#ended || this.#state === "replaced") {
      if (callback !== undefined) process.nextTick(callback);
      return this.#response;
    }
    this.#ended = true;
    this.#onEnd = callback;
    if (piece !== undefined && piece !== null) this.#hold(toBytes(piece, encoding));
    if (!this.#pending && this.#state === "waiting") this.#decideBody();
    return this.#response;
  }

  // ---- inspection

  /** The head is final. */
  #commit(): void {
    this.#state = "waiting";
    const response = this.#response as ServerResponse;
    const status = response.statusCode;
    const head = { status, protocol: `HTTP/${this.#request.httpVersion}`, headers: headerLines(response) };
    const bodyFollows = responseHasBody(this.#request.method ?? "", status);
    this.#decide(this.#exchange.openResponse(head, bodyFollows), () => {
      if (!this.#exchange.holdsResponse) return this.#letThrough();
      for (const piece of this.#unseen.splice(0)) this.#inspect(piece);
      if (this.#ended && !this.#pending && this.#state === "waiting") this.#decideBody();
    });
    if (this.#state === "waiting") this.#seal();
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    if (this.#pending) this.#unseen.push(bytes);
    else this.#inspect(bytes);
  }

  #inspect(bytes: Uint8Array): void {
    if (this.#pending) return void this.#unseen.push(bytes);
    if (this.#state !== "waiting" || !this.#exchange.holdsResponse) return;
    const more = this.#exchange.writeResponse(bytes);
    if (!isPromise(more)) {
      if (!more) this.#decideBody();
      return;
    }
    this.#pending = true;
    void more.then((wanted) => {
      this.#pending = false;
      if (!wanted) return this.#decideBody();
      for (const piece of this.#unseen.splice(0)) this.#inspect(piece);
      if (this.#ended && !this.#pending && this.#state === "waiting") this.#decideBody();
    });
  }

  #decideBody(): void {
    this.#decide(this.#exchange.endResponse(), () => this.#letThrough());
  }

  #decide(verdict: MaybePromise<Verdict>, goOn: () => void): void {
    const settle = (stop: Verdict): void => {
      this.#pending = false;
      if (stop !== undefined) this.replace(stop);
      else goOn();
    };
    if (!isPromise(verdict)) return settle(verdict);
    this.#pending = true;
    void verdict.then(settle);
  }

  /** Sends what was held; from here on the response is Node's again. */
  #letThrough(): void {
    this.#state = "through";
    this.#open();
    const held = this.#held;
    this.#held = [];
    if (this.#headWritten) this.#writeHead(this.#response.statusCode);
    if (this.#flushed && !this.#ended) this.#flushHeaders();
    if (!this.#ended) {
      let room = true;
      for (const piece of held) room = this.#write(piece);
      if (this.#drainWanted && room) process.nextTick(() => this.#response.emit("drain"));
    } else if (held.length > 1 && (this.#response as ServerResponse).hasHeader("trailer")) {
      for (const piece of held) this.#write(piece);
      this.#end(this.#onEnd);
    } else {
      const body = held.length > 1 ? Buffer.concat(held) : held[0];
      if (body === undefined) this.#end(this.#onEnd);
      else this.#end(body, undefined, this.#onEnd);
    }
  }

  /** To the application a response on hold is one whose head has been sent. */
  #seal(): void {
    const response = this.#response;
    this.#unseal = [
      patch(response, "headersSent", { get: () => true }),
      patch(response, "writableEnded", { get: () => this.#ended }),
      patch(response, "setHeader", { value: refuseHeaders }),
      patch(response, "appendHeader", { value: refuseHeaders }),
      patch(response, "removeHeader", { value: refuseHeaders }),
    ];
  }

  #open(): void {
    for (const undo of this.#unseal.splice(0)) undo();
  }
}

function refuseHeaders(): never {
  throw Object.assign(new Error("Cannot change headers after they are sent to the client"), {
    code: "ERR_HTTP_HEADERS_SENT",
  });
}

/** As `writeHead` does: what it is given replaces what was set before. */
function applyHeaders(response: ServerResponse, given: unknown): void {
  if (typeof given !== "object" || given === null) return;
  const pairs: [string, string | number | readonly string[]][] = [];
  if (!Array.isArray(given)) pairs.push(...(Object.entries(given) as typeof pairs));
  else if (Array.isArray(given[0])) pairs.push(...(given as typeof pairs));
  else for (let at = 0; at + 1 < given.length; at += 2) pairs.push([given[at] as string, given[at + 1] as string]);
  for (const [name] of pairs) response.removeHeader(name);
  for (const [name, value] of pairs) {
    if (Array.isArray(given)) response.appendHeader(name, typeof value === "number" ? String(value) : value);
    else response.setHeader(name, value);
  }
}

function headerLines(response: ServerResponse): string[] {
  const lines: string[] = [];
  for (const name of response.getHeaderNames()) {
    const value = response.getHeader(name);
    if (Array.isArray(value)) for (const item of value) lines.push(name, item);
    else lines.push(name, String(value));
  }
  return lines;
}

/** @throws TypeError as Node's own `write` does. */
function toBytes(piece: unknown, encoding: BufferEncoding | Callback | undefined): Uint8Array {
  if (typeof piece === "string") return Buffer.from(piece, typeof encoding === "string" ? encoding : "utf8");
  if (piece instanceof Uint8Array) return piece;
  throw Object.assign(new TypeError("a piece of a response is a string or bytes"), { code: "ERR_INVALID_ARG_TYPE" });
}
