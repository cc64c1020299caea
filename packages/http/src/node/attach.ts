import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { isPromise } from "@cuirass/engine";
import type { OwnResponse } from "../block-response.ts";
import type { Verdict } from "../handler.ts";
import type { HttpWaf } from "../http-waf.ts";
import { firstHeader } from "../shapes.ts";
import { guard, guardHead } from "./guard.ts";
import type { NodeResponse } from "./guarded-response.ts";
import { patch } from "./patch.ts";
import { readHead } from "./request-head.ts";

/** A server of node:http, node:https or node:http2. */
export type NodeServer = Pick<Server, "on" | "emit" | "listenerCount">;

/**
 * Lets the WAF see what a server never shows its request listener: the opening request of a WebSocket, and the head of a
 * request whose client waits for `100 Continue`. With `requests` ordinary requests are guarded here too, before any router.
 */
export function attach(waf: HttpWaf, server: NodeServer, options: { readonly requests?: boolean } = {}): void {
  const emit = server.emit.bind(server);
  const guarded = (event: string, ...args: unknown[]): boolean => {
    if (event === "upgrade") {
      const [request, socket] = args as [IncomingMessage, Duplex];
      guardUpgrade(waf, request, socket, () => emit(event, ...args));
      return true;
    }
    if (event === "request" && options.requests === true) {
      const [request, response] = args as [IncomingMessage, NodeResponse];
      guard(waf, request, response, () => emit(event, ...args));
      return true;
    }
    return emit(event, ...args);
  };
  patch(server, "emit", { value: guarded });
  if (server.listenerCount("checkContinue") > 0) return;
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    guardHead(waf, request, response, () => {
      response.writeContinue();
      server.emit("request", request, response);
    });
  });
}

/** A WebSocket is let through only on a complete opening handshake (RFC 6455, 4.1) that the rules have nothing against. */
function guardUpgrade(waf: HttpWaf, request: IncomingMessage, socket: Duplex, proceed: () => void): void {
  const head = readHead(request);
  const exchange = waf.begin(head);
  if (exchange === undefined) return proceed();
  const end = (verdict: Verdict): void => {
    const refusal = verdict ?? (isHandshake(head.method, head.headers) ? undefined : incomplete);
    if (refusal === undefined) {
      exchange.finish(101);
      return proceed();
    }
    exchange.finish(refusal.kind === "drop" ? 0 : refusal.response.status);
    if (refusal.kind === "drop") socket.destroy();
    else socket.end(formatResponse(refusal.response));
  };
  const opened = exchange.openRequest(false);
  if (isPromise(opened)) void opened.then(end);
  else end(opened);
}

const incomplete: NonNullable<Verdict> = {
  kind: "answer",
  response: { status: 400, headers: [["Content-Type", "text/plain"]], body: "not a WebSocket handshake\n" },
};

function isHandshake(method: string, headers: readonly string[]): boolean {
  const tokens = firstHeader(headers, "connection")
    .toLowerCase()
    .split(/[\s,]+/);
  return (
    method === "GET" &&
    tokens.includes("upgrade") &&
    firstHeader(headers, "upgrade").toLowerCase() === "websocket" &&
    firstHeader(headers, "sec-websocket-key") !== ""
  );
}

function formatResponse({ status, headers, body }: OwnResponse): string {
  const length = Buffer.byteLength(body);
  const lines = [...headers, ["Content-Length", String(length)], ["Connection", "close"]] as const;
  return `HTTP/1.1 ${status} \r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}
