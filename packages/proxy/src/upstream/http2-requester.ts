import { connect, constants } from "node:http2";
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from "node:http2";
import type { MaybePromise } from "@cuirass/engine";
import type { HeaderLines } from "../client/client-stream.ts";
import type { Requester, UpstreamRequest, UpstreamResponse } from "./upstream-exchange.ts";
import type { ServerOptions } from "./server-options.ts";
import { pairsOf, toHeaders } from "../client/http2-stream.ts";
import { ReadablePieces } from "../client/readable-pieces.ts";
import { nextOf } from "./http1-requester.ts";
import { pump } from "./pump.ts";
import { UpstreamError } from "./upstream-exchange.ts";

/** Speaks HTTP/2 with one server over one connection, which is opened again when it closes. */
export class Http2Requester implements Requester {
  readonly #options: ServerOptions;
  #session: Promise<ClientHttp2Session> | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  async send(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamResponse> {
    const session = await (this.#session ??= this.#open());
    if (signal.aborted) throw new Error("the client has gone");
    return exchange(session, request, this.#options, signal);
  }

  close(): void {
    void this.#session?.then(
      (session) => session.close(),
      () => undefined,
    );
  }

  #open(): Promise<ClientHttp2Session> {
    const { url, tls, timeouts, keepAliveMs } = this.#options;
    // A session that is going must not take the place of the one that follows it.
    const forget = (): void => {
      if (this.#session === opening) this.#session = undefined;
    };
    const opening = new Promise<ClientHttp2Session>((resolve, reject) => {
      const session = connect(url, {
        settings: { enablePush: false },
        ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
        ...(tls?.serverName === undefined ? {} : { servername: tls.serverName }),
        rejectUnauthorized: tls?.verify ?? true,
      });
      const fail = (message: string): void => {
        forget();
        session.destroy();
        reject(new UpstreamError("connect", message, { unsent: true }));
      };
      const timer = setTimeout(() => fail(`no connection within ${timeouts.connect} ms`), timeouts.connect);
      session.on("error", (error) => fail(error.message));
      session.on("goaway", forget);
      session.on("close", () => {
        clearTimeout(timer);
        fail("the connection was closed");
      });
      session.setTimeout(Math.max(keepAliveMs, 60_000), () => {
        forget();
        session.close();
      });
      session.once("connect", () => {
        clearTimeout(timer);
        resolve(session);
      });
    });
    return opening;
  }
}

function exchange(
  session: ClientHttp2Session,
  request: UpstreamRequest,
  { timeouts }: ServerOptions,
  signal: AbortSignal,
): Promise<UpstreamResponse> {
  return new Promise((resolve, reject) => {
    const { body } = request;
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(headersOf(request), { endStream: body === undefined, waitForTrailers: true });
    } catch (error) {
      return reject(new UpstreamError("connect", (error as Error).message, { unsent: true }));
    }
    let settled = false;
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => {
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    const fail = (error: unknown): void => {
      if (settled) return;
      end();
      stream.close(constants.NGHTTP2_CANCEL);
      reject(error);
    };
    const onAbort = (): void => fail(new Error("the client has gone"));
    signal.addEventListener("abort", onAbort);
    stream.on("error", (error: Error) => fail(new UpstreamError("reset", error.message)));
    stream.on("close", () => {
      const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      fail(new UpstreamError("reset", `the stream was closed with code ${stream.rstCode}`, { unsent: refused }));
    });
    stream.on("wantTrailers", () => stream.sendTrailers(toHeaders(undefined, body?.trailers ?? [])));
    stream.once("response", (headers, _flags, raw?: string[]) => {
      if (settled) return;
      end();
      resolve(new Http2Response(stream, Number(headers[":status"] ?? 0), raw ?? []));
    });
    const wait = (): void => {
      if (settled) return;
      timer = setTimeout(
        () => fail(new UpstreamError("timeout", `no answer within ${timeouts.responseHead} ms`)),
        timeouts.responseHead,
      );
    };
    if (body === undefined) wait();
    else pump(body, stream, timeouts.tunnel, () => undefined).then(wait, fail);
  });
}

function headersOf(request: UpstreamRequest): OutgoingHttpHeaders {
  const { body } = request;
  const lines = request.headers.filter(([name]) => name.toLowerCase() !== "host");
  const host = request.headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "";
  const headers = toHeaders(undefined, lines);
  if (body?.length !== undefined) headers["content-length"] = String(body.length);
  headers[":method"] = request.method;
  headers[":path"] = request.target;
  headers[":scheme"] = request.scheme;
  headers[":authority"] = host;
  return headers;
}

class Http2Response implements UpstreamResponse {
  readonly status: number;
  readonly protocol = "HTTP/2.0";
  readonly headers: HeaderLines;
  trailers: HeaderLines = [];
  readonly #stream: ClientHttp2Stream;
  readonly #pieces: ReadablePieces;

  constructor(stream: ClientHttp2Stream, status: number, raw: readonly string[]) {
    this.#stream = stream;
    this.status = status;
    this.headers = pairsOf(raw).filter(([name]) => !name.startsWith(":"));
    this.#pieces = new ReadablePieces(stream);
    stream.on("trailers", (_headers: unknown, _flags: number, lines?: string[]) => {
      this.trailers = pairsOf(lines ?? []);
    });
  }

  next(idleMs: number): MaybePromise<Buffer | undefined> {
    return nextOf(this.#pieces, idleMs);
  }

  destroy(): void {
    if (!this.#stream.closed) this.#stream.close(constants.NGHTTP2_CANCEL);
  }
}
