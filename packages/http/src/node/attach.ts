import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpWaf } from "../http-waf.ts";
import { guard, guardHead } from "./guard.ts";
import { guardTunnel } from "./guard-tunnel.ts";
import type { NodeResponse } from "./guarded-response.ts";
import { patch } from "./patch.ts";

/** A server of node:http, node:https or node:http2. */
export type NodeServer = Pick<Server, "on" | "emit" | "listenerCount" | "listeners">;

/**
 * Lets the WAF see what a server never shows its request listener: the opening request of a WebSocket, CONNECT, and the head
 * of a request whose client waits for `100 Continue`. With `requests` ordinary requests are guarded here too, before any
 * router.
 *
 * @throws Error for an HTTP/2 server with "stream" listeners, which would see requests that nothing has inspected.
 */
export function attach(waf: HttpWaf, server: NodeServer, options: { readonly requests?: boolean } = {}): void {
  const emit = server.emit.bind(server);
  const guarded = (event: string, ...args: unknown[]): boolean => {
    const proceed = (): boolean => emit(event, ...args);
    // Without a listener Node has an answer of its own, and asks by what this returns.
    if (server.listenerCount(event) === 0) return proceed();
    const [request, second] = args as [IncomingMessage, NodeResponse | Duplex];
    if (event === "upgrade") guardTunnel(waf, request, second as Duplex, "websocket", proceed);
    else if (event === "connect" && !isResponse(second))
      guardTunnel(waf, request, second as Duplex, "connect", proceed);
    else if (event === "checkContinue") guardHead(waf, request, second as NodeResponse, proceed);
    else if (event === "connect" || event === "checkExpectation" || (event === "request" && options.requests === true))
      guard(waf, request, second as NodeResponse, proceed);
    else return proceed();
    return true;
  };
  patch(server, "emit", { value: guarded });
  // Only with a listener does Node leave it to somebody else when the client is told to continue.
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    if (server.listenerCount("checkContinue") > 1) return;
    response.writeContinue();
    server.emit("request", request, response);
  });
  for (const listener of server.listeners("stream")) refuseStreamListener("stream", listener);
  server.on("newListener", refuseStreamListener);
}

function isResponse(value: object): boolean {
  return "writeHead" in value;
}

/** Node's own listener, which makes requests out of streams, is the one that the WAF works behind. */
function refuseStreamListener(event: string | symbol, listener: unknown): void {
  if (event !== "stream" || (listener as { readonly name: string }).name.includes("onServerStream")) return;
  throw new Error('a "stream" listener would get requests that the WAF has not seen: listen for "request" instead');
}
