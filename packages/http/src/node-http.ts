import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { NodeServer } from "./node/attach.ts";
import { attach } from "./node/attach.ts";
import { guard } from "./node/guard.ts";
import type { WafOrOptions } from "./node/node-waf.ts";
import { toHttpWaf } from "./node/node-waf.ts";

/**
 * A request listener for node:http, node:https and node:http2 (compatibility API) that only sees what the WAF lets through.
 * `protectServer` does the same for a server that exists already.
 */
export function cuirass(listener: RequestListener, options?: WafOrOptions): RequestListener {
  const waf = toHttpWaf(options);
  return (request: IncomingMessage, response: ServerResponse) => {
    guard(waf, request, response, () => listener(request, response));
  };
}

/** Guards everything a server receives: requests before any listener, `Expect: 100-continue`, WebSocket handshakes. */
export function protectServer<T extends NodeServer>(server: T, options?: WafOrOptions): T {
  attach(toHttpWaf(options), server, { requests: true });
  return server;
}
