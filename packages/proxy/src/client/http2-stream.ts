import { constants } from "node:http2";
import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { MaybePromise } from "@cuirass/engine";
import type { ClientConnection, ClientStream, HeaderLines, RequestBody } from "./client-stream.ts";
import type { RequestHead } from "../request-head.ts";
import { ClientFault } from "./client-stream.ts";
import { ReadablePieces, SilenceError } from "./readable-pieces.ts";
import { untilDrained } from "./write-response.ts";

/** A request on an HTTP/2 connection. */
export class Http2Stream implements ClientStream {
  readonly head: RequestHead;
  readonly connection: ClientConnection;
  readonly body: Http2Body | undefined;
  readonly #stream: ServerHttp2Stream;
  readonly #idleMs: number;
  #trailers: HeaderLines = [];

  constructor(stream: ServerHttp2Stream, head: RequestHead, connection: ClientConnection, idleMs: number) {
    this.#stream = stream;
    this.head = head;
    this.connection = connection;
    this.#idleMs = idleMs;
    this.body = stream.endAfterHeaders ? undefined : new Http2Body(stream, head, idleMs);
    stream.on("error", () => undefined);
  }

  get gone(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  onGone(listener: () => void): void {
    if (this.gone) return listener();
    this.#stream.once("close", () => {
      if (!this.#stream.writableFinished) listener();
    });
  }

  sendContinue(): void {
    if (!this.gone && !this.#stream.headersSent) this.#stream.additionalHeaders({ ":status": 100 });
  }

  respond(status: number, headers: HeaderLines, bodyFollows: boolean): void {
    if (this.gone) return;
    this.#stream.respond(toHeaders(status, headers), { endStream: !bodyFollows, waitForTrailers: bodyFollows });
    if (bodyFollows) {
      this.#stream.once("wantTrailers", () => this.#stream.sendTrailers(toHeaders(undefined, this.#trailers)));
    } else this.#stopReading();
  }

  write(piece: Uint8Array): MaybePromise<boolean> {
    if (this.gone) return false;
    if (piece.length === 0 || this.#stream.write(piece)) return true;
    return untilDrained(this.#stream, this.#idleMs).then((drained) => {
      if (!drained) this.abort("stream");
      return drained;
    });
  }

  end(trailers: HeaderLines): void {
    if (this.gone) return;
    this.#trailers = trailers;
    this.#stream.end();
    this.#stopReading();
  }

  abort(what: "stream" | "connection"): void {
    if (what === "connection") this.#stream.session?.destroy();
    else this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  upgrade(): undefined {
    return undefined;
  }

  /** Lets what is left of the request body come and go, so that the stream can end. */
  #stopReading(): void {
    if (this.body === undefined || this.body.done) return;
    this.#stream.once("finish", () => this.#stream.close(constants.NGHTTP2_NO_ERROR));
  }
}

class Http2Body implements RequestBody {
  readonly length: number | undefined;
  trailers: HeaderLines = [];
  done = false;
  readonly #pieces: ReadablePieces;
  readonly #idleMs: number;

  constructor(stream: ServerHttp2Stream, head: RequestHead, idleMs: number) {
    const length = head.headers.find(([name]) => name === "content-length")?.[1];
    this.length = length === undefined ? undefined : Number(length);
    this.#pieces = new ReadablePieces(stream);
    this.#idleMs = idleMs;
    stream.on("trailers", (_headers: unknown, _flags: number, raw?: string[]) => {
      this.trailers = pairsOf(raw ?? []);
    });
  }

  next(): MaybePromise<Buffer | undefined> {
    const piece = this.#attempt(() => this.#pieces.next(this.#idleMs));
    if (piece === undefined || Buffer.isBuffer(piece)) return this.#note(piece);
    return piece.then(
      (value) => this.#note(value),
      (error: unknown) => {
        throw asClientFault(error);
      },
    );
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asClientFault(error);
    }
  }

  #note(piece: Buffer | undefined): Buffer | undefined {
    this.done = piece === undefined;
    return piece;
  }
}

function asClientFault(error: unknown): ClientFault {
  if (error instanceof SilenceError) return new ClientFault(408, "the body did not arrive in time");
  return new ClientFault(400, "the body ended early");
}

/** Pairs of a flat list of names and values. */
export function pairsOf(raw: readonly string[]): [name: string, value: string][] {
  const list: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) list.push([raw[at]!, raw[at + 1]!]);
  return list;
}

/** Headers that HTTP/2 allows once only; of several the last one counts. */
const singular = new Set<string>(
  "age authorization content-encoding content-language content-length content-location content-md5 content-range content-type date dnt etag expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards proxy-authorization range referer retry-after tk upgrade-insecure-requests user-agent".split(
    " ",
  ),
);

/** Header lines as node:http2 takes them. */
export function toHeaders(status: number | undefined, lines: HeaderLines): OutgoingHttpHeaders {
  const headers: Record<string, string | string[] | number> = Object.create(null) as Record<string, string>;
  if (status !== undefined) headers[":status"] = status;
  for (const [name, value] of lines) {
    const lower = name.toLowerCase();
    const before = headers[lower];
    if (before === undefined || singular.has(lower)) headers[lower] = value;
    else if (Array.isArray(before)) before.push(value);
    else headers[lower] = [before as string, value];
  }
  return headers;
}
