import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import { constants, performServerHandshake } from "node:http2";
import type { Duplex } from "node:stream";
import type { ClientConnection } from "./client-stream.ts";
import type { Connection, ConnectionContext } from "./http1-connection.ts";
import { checkRequestHead } from "../request-head.ts";
import type { RequestHead } from "../request-head.ts";
import { ownResponse } from "@cuirass/node";
import { Http2Stream, pairsOf } from "./http2-stream.ts";

/** Serves the streams of one HTTP/2 connection. */
export class Http2Connection implements Connection {
  readonly #session: ServerHttp2Session;
  readonly #context: ConnectionContext;
  readonly #connection: ClientConnection;
  #streams = 0;
  #served = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(socket: Duplex, connection: ClientConnection, context: ConnectionContext) {
    this.#context = context;
    this.#connection = connection;
    this.#session = performServerHandshake(socket, {
      settings: { maxConcurrentStreams: 128, maxHeaderListSize: context.headLimits.head, enablePush: false },
      maxSessionMemory: 16,
      maxHeaderListPairs: context.headLimits.headers + 4,
    });
    this.#session.on("error", () => this.#session.destroy());
    this.#session.on("close", () => clearTimeout(this.#idle));
    this.#session.on("stream", (stream, headers, _flags, raw?: string[]) => void this.#serve(stream, headers, raw));
    this.#session.once("remoteSettings", () => clearTimeout(opening));
    const opening = setTimeout(() => this.#session.destroy(), context.timeouts.requestHead);
    this.#waitForMore();
  }

  drain(): void {
    if (!this.#session.destroyed) this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
  }

  async #serve(stream: ServerHttp2Stream, fields: IncomingHttpHeaders, raw: string[] | undefined): Promise<void> {
    clearTimeout(this.#idle);
    this.#streams++;
    stream.on("error", () => undefined);
    const { headLimits, timeouts } = this.#context;
    const head = readHead(fields, raw ?? []);
    const refused = typeof head === "string" ? { status: 400, reason: head } : checkRequestHead(head, headLimits);
    if (typeof head !== "string" && refused === undefined) {
      const answered = new Http2Stream(stream, head, this.#connection, timeouts.clientIdle);
      await this.#context.handle(answered);
    } else if (refused !== undefined) {
      this.#context.onRefused(refused.status, refused.reason, this.#connection.remoteAddress);
      const page = ownResponse(refused.status, "-", "", `The request was refused: ${refused.reason}.`);
      if (!stream.destroyed) {
        stream.respond({ ":status": refused.status, ...Object.fromEntries(page.headers.map(lowered)) });
        stream.end(page.body);
        stream.once("finish", () => stream.close(constants.NGHTTP2_NO_ERROR));
      }
    }
    this.#streams--;
    if (++this.#served >= this.#context.requestsPerConnection || this.#context.draining()) this.drain();
    if (this.#streams === 0) this.#waitForMore();
  }

  #waitForMore(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.drain(), this.#context.timeouts.keepAlive);
  }
}

function lowered([name, value]: readonly [string, string]): [string, string] {
  return [name.toLowerCase(), value];
}

/**
 * The head in the form that rules and applications know: a Host header from `:authority`, and one Cookie line, since clients
 * may cut it at every cookie (RFC 9113, 8.2.3).
 */
function readHead(fields: IncomingHttpHeaders, raw: readonly string[]): RequestHead | string {
  const method = fields[":method"] ?? "";
  const target = method === "CONNECT" ? (fields[":authority"] ?? "") : (fields[":path"] ?? "");
  const authority = fields[":authority"];
  const headers: [string, string][] = [];
  const cookies: string[] = [];
  let cookieAt = -1;
  let hasHost = false;
  for (const [name, value] of pairsOf(raw)) {
    if (name.startsWith(":")) continue;
    if (name === "host") {
      hasHost = true;
      if (authority !== undefined && authority.toLowerCase() !== value.toLowerCase())
        return "authority and Host header name two hosts";
    }
    if (name === "cookie") {
      if (cookieAt < 0) cookieAt = headers.push([name, ""]) - 1;
      cookies.push(value);
    } else headers.push([name, value]);
  }
  if (cookieAt >= 0) headers[cookieAt] = ["cookie", cookies.join("; ")];
  if (authority !== undefined && !hasHost) headers.unshift(["host", authority]);
  return { method, target, version: "HTTP/2.0", headers, length: 0 };
}
