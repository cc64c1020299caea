import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Transaction, Waf } from "@cuirass/engine";
import { ownResponse } from "./block-page.ts";
import { handleExchange } from "./exchange.ts";
import { parseRequestHead } from "./request-head.ts";
import { SocketReader } from "./socket-reader.ts";
import { Upstream } from "./upstream.ts";
import { formatHead, writeAll } from "./write-response.ts";

const HEAD_LIMIT = 65_536;

/** What a proxy is made of. */
export interface ProxyOptions {
  /** The rule set of new requests; read for each one, so that it can be replaced while running. */
  readonly waf: () => Waf;
  readonly upstream: URL;
  readonly exposeMatches?: string;
  /** Milliseconds for a complete request head, and between two requests of a connection. Default 30000. */
  readonly headTimeoutMs?: number;
  /** Milliseconds of silence of the application. Default 60000. */
  readonly upstreamTimeoutMs?: number;
  /** Called after each exchange, before its transaction closes. */
  readonly onExchange?: (tx: Transaction, status: number) => void;
  /** Called when a request head was refused before there was a transaction. */
  readonly onRefused?: (status: number, reason: string, client: string) => void;
}

/** A running reverse proxy. */
export interface Proxy {
  /** Starts listening; port 0 picks a free one. Resolves with the address in use. */
  listen(port: number, host?: string): Promise<AddressInfo>;
  /** Stops accepting, lets running exchanges end, then closes. */
  close(): Promise<void>;
}

/** A reverse proxy that inspects what passes through: HTTP/1.1, one application behind it. */
export function createProxy(options: ProxyOptions): Proxy {
  const upstream = new Upstream({
    url: options.upstream,
    timeoutMs: options.upstreamTimeoutMs ?? 60_000,
    identityEncoding: true,
  });
  const connections = new Map<Socket, { busy: boolean }>();
  let closing = false;
  const server: Server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const state = { busy: false };
    connections.set(socket, state);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => connections.delete(socket));
    void serve(socket, state);
  });

  async function serve(socket: Socket, state: { busy: boolean }): Promise<void> {
    const reader = new SocketReader(socket);
    socket.setTimeout(options.headTimeoutMs ?? 30_000, () => {
      if (!state.busy) socket.destroy();
    });
    for (let open = true; open && !closing;) {
      const parsed = await readHead(reader);
      if (parsed === undefined) break;
      state.busy = true;
      if (parsed.kind === "refused") {
        options.onRefused?.(parsed.status, parsed.reason, socket.remoteAddress ?? "");
        await refuse(socket, parsed.status, parsed.reason);
        break;
      }
      reader.take(parsed.head.length);
      const context = {
        waf: options.waf,
        upstream,
        exposeMatches: options.exposeMatches,
        onDone: (tx: Transaction, status: number) => options.onExchange?.(tx, status),
      };
      open = await handleExchange(context, socket, reader, parsed.head);
      state.busy = false;
    }
    // Half-closed first, so that the client can still read the answer; gone for good shortly after.
    socket.end();
    setTimeout(() => socket.destroy(), 1000).unref();
  }

  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => resolve(server.address() as AddressInfo));
      }),
    close: () =>
      new Promise((resolve) => {
        closing = true;
        server.close(() => {
          upstream.close();
          resolve();
        });
        for (const [socket, { busy }] of connections) if (!busy) socket.destroy();
      }),
  };
}

type ParsedHead = Exclude<ReturnType<typeof parseRequestHead>, { kind: "incomplete" }>;

/** Reads until a head is complete; undefined when the connection ends between requests. */
async function readHead(reader: SocketReader): Promise<ParsedHead | undefined> {
  for (;;) {
    if (reader.pending.length > 0) {
      const parsed = parseRequestHead(reader.pending.toString("latin1", 0, HEAD_LIMIT));
      if (parsed.kind !== "incomplete") return parsed;
      if (reader.pending.length >= HEAD_LIMIT) {
        return { kind: "refused", status: 431, reason: `the request head is longer than ${HEAD_LIMIT} bytes` };
      }
    }
    if (!(await reader.more())) {
      return reader.pending.length === 0
        ? undefined
        : { kind: "refused", status: 400, reason: "the request head ended early" };
    }
  }
}

async function refuse(socket: Socket, status: number, reason: string): Promise<void> {
  const response = ownResponse(status, "-", "", `The request was refused: ${reason}.`);
  const body = Buffer.from(response.body, "utf8");
  const headers = [...response.headers, ["Content-Length", String(body.length)], ["Connection", "close"]] as const;
  await writeAll(socket, formatHead(status, headers as readonly (readonly [string, string])[]));
  await writeAll(socket, body);
}
