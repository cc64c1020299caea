import { Agent, request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { Agent as TlsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { MaybePromise } from "@cuirass/engine";
import type { HeaderLines } from "../client/client-stream.ts";
import type { Requester, UpstreamRequest, UpstreamResponse, UpstreamTimeouts } from "./upstream-exchange.ts";
import type { ServerOptions } from "./server-options.ts";
import { pairsOf } from "../client/http2-stream.ts";
import { ReadablePieces, SilenceError } from "../client/readable-pieces.ts";
import { pump } from "./pump.ts";
import { UpstreamError } from "./upstream-exchange.ts";

/** Bytes of an application's response head. */
const MAX_RESPONSE_HEAD = 65_536;

/**
 * Speaks HTTP/1.1 with one server over kept connections. On `node:http` and its agents rather than undici: they send
 * request trailers and header lines in their order and case, and hand over upgraded connections with their first bytes.
 */
export class Http1Requester implements Requester {
  readonly #agent: Agent;
  readonly #options: ServerOptions;
  readonly #base: RequestOptions;

  constructor(options: ServerOptions) {
    this.#options = options;
    const { url, connections, keepAliveMs, tls } = options;
    const isTls = url.protocol === "https:";
    // Perf: the connection used last is the one least likely to have been closed for idleness.
    const agentOptions = {
      keepAlive: true,
      maxSockets: connections,
      scheduling: "lifo",
      timeout: keepAliveMs,
    } as const;
    this.#agent = isTls ? new TlsAgent({ ...agentOptions, maxCachedSessions: 100 }) : new Agent(agentOptions);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    this.#base = {
      agent: this.#agent,
      host,
      port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
      setHost: false,
      maxHeaderSize: MAX_RESPONSE_HEAD,
      ...(isTls ? { servername: tls?.serverName ?? host, ca: tls?.ca, rejectUnauthorized: tls?.verify ?? true } : {}),
    };
  }

  send(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamResponse> {
    return new Promise((resolve, reject) => {
      const open = this.#options.url.protocol === "https:" ? httpsRequest : httpRequest;
      const outgoing = open({
        ...this.#base,
        method: request.method,
        path: request.target,
        headers: flatHeaders(request),
      } as RequestOptions);
      new Attempt(outgoing, request, this.#options.timeouts, signal, resolve, reject).start();
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function flatHeaders(request: UpstreamRequest): string[] {
  const flat: string[] = [];
  for (const [name, value] of request.headers) flat.push(name, value);
  const { body } = request;
  if (body?.length !== undefined) flat.push("Content-Length", String(body.length));
  else if (body !== undefined) flat.push("Transfer-Encoding", "chunked");
  if (request.upgrade) flat.push("Connection", "Upgrade", "Upgrade", "websocket");
  // TE concerns this connection, so it has to be named (RFC 9110, 10.1.4).
  else flat.push("Connection", request.headers.some(([name]) => name === "TE") ? "keep-alive, TE" : "keep-alive");
  return flat;
}

/** One request on its way: until the head of the answer, or the failure. */
class Attempt {
  readonly #outgoing: ClientRequest;
  readonly #request: UpstreamRequest;
  readonly #timeouts: UpstreamTimeouts;
  readonly #signal: AbortSignal;
  readonly #resolve: (response: UpstreamResponse) => void;
  readonly #reject: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #connected = false;
  #settled = false;

  constructor(
    outgoing: ClientRequest,
    request: UpstreamRequest,
    timeouts: UpstreamTimeouts,
    signal: AbortSignal,
    resolve: (response: UpstreamResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#outgoing = outgoing;
    this.#request = request;
    this.#timeouts = timeouts;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const outgoing = this.#outgoing;
    outgoing.on("socket", (socket) => this.#onSocket(socket));
    outgoing.on("response", (response) => this.#succeed(new Http1Response(outgoing, response)));
    outgoing.on("upgrade", (response, socket, pending) => {
      if (!this.#request.upgrade) return this.#fail(new UpstreamError("protocol", "it switched protocols unasked"));
      this.#succeed(new Http1Response(outgoing, response, { socket, pending }));
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => this.#fail(this.#explain(error)));
    this.#signal.addEventListener("abort", this.#onAbort);
    this.#limit(this.#timeouts.connect, "connect", "no connection");
  }

  #onSocket(socket: Socket): void {
    if (!socket.connecting) return this.#onConnected();
    const isTls = "encrypted" in socket;
    socket.once(isTls ? "secureConnect" : "connect", () => this.#onConnected());
  }

  #onConnected(): void {
    if (this.#settled) return;
    this.#connected = true;
    clearTimeout(this.#timer);
    const { body } = this.#request;
    const { idle, responseHead } = this.#timeouts;
    const await_ = (): void => {
      if (!this.#settled) this.#limit(responseHead, "timeout", "no answer");
    };
    if (body === undefined) {
      this.#outgoing.end();
      return await_();
    }
    pump(body, this.#outgoing, idle, () => this.#outgoing.addTrailers(body.trailers as [string, string][])).then(
      await_,
      (error: unknown) => this.#fail(error),
    );
  }

  #limit(timeoutMs: number, kind: "connect" | "timeout", what: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#fail(new UpstreamError(kind, `${what} within ${timeoutMs} ms`, { unsent: kind === "connect" }));
    }, timeoutMs);
  }

  readonly #onAbort = (): void => this.#fail(new Error("the client has gone"));

  #explain(error: NodeJS.ErrnoException): UpstreamError {
    if (!this.#connected) return new UpstreamError("connect", error.message, { unsent: true });
    if (error.code?.startsWith("HPE_") === true) return new UpstreamError("protocol", error.message);
    return new UpstreamError("reset", error.message, { stale: this.#outgoing.reusedSocket });
  }

  #succeed(response: UpstreamResponse): void {
    if (this.#settled) return response.destroy();
    this.#end();
    this.#resolve(response);
  }

  #fail(error: unknown): void {
    if (this.#settled) return;
    this.#end();
    this.#outgoing.on("error", () => undefined);
    this.#outgoing.destroy();
    this.#reject(error);
  }

  #end(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}

class Http1Response implements UpstreamResponse {
  readonly status: number;
  readonly protocol: string;
  readonly headers: HeaderLines;
  readonly upgraded?: { readonly socket: Duplex; readonly pending: Buffer };
  readonly #outgoing: ClientRequest;
  readonly #incoming: IncomingMessage;
  readonly #pieces: ReadablePieces;

  constructor(
    outgoing: ClientRequest,
    incoming: IncomingMessage,
    upgraded?: { readonly socket: Duplex; readonly pending: Buffer },
  ) {
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    this.status = incoming.statusCode ?? 0;
    this.protocol = `HTTP/${incoming.httpVersion}`;
    this.headers = pairsOf(incoming.rawHeaders);
    this.#pieces = new ReadablePieces(incoming);
    if (upgraded !== undefined) this.upgraded = upgraded;
  }

  get trailers(): HeaderLines {
    return pairsOf(this.#incoming.rawTrailers);
  }

  next(idleMs: number): MaybePromise<Buffer | undefined> {
    return nextOf(this.#pieces, idleMs);
  }

  destroy(): void {
    this.upgraded?.socket.destroy();
    if (!this.#incoming.complete || !this.#incoming.readableEnded) this.#outgoing.destroy();
  }
}

/** The next piece of an answer; its failures as those of an application. */
export function nextOf(pieces: ReadablePieces, idleMs: number): MaybePromise<Buffer | undefined> {
  try {
    const piece = pieces.next(idleMs);
    return piece === undefined || Buffer.isBuffer(piece) ? piece : piece.catch(fail);
  } catch (error) {
    return fail(error);
  }
}

function fail(error: unknown): never {
  const { message } = error as Error;
  throw new UpstreamError(error instanceof SilenceError ? "timeout" : "reset", `the answer was cut off: ${message}`);
}
