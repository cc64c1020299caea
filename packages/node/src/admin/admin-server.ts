import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isIP } from "node:net";
import type { DecisionRing } from "../decision-ring.ts";
import type { ReloadResult } from "../reload/live-waf.ts";
import { tokenCheck } from "./token.ts";

/** What the admin port shows and does. */
export interface AdminOptions {
  /** Of this process, or of several that it looks after. */
  readonly metrics: { readonly registry: { readonly contentType: string; metrics(): Promise<string> } };
  /** Shown on `/decisions`. Not served beyond loopback without the token: they quote requests. */
  readonly decisions?: DecisionRing | undefined;
  /** Why the service is not to get traffic now; undefined when it is ready. */
  readonly notReady?: (() => string | undefined) | undefined;
  /** `POST /reload`. */
  readonly reload?: (() => Promise<ReloadResult>) | undefined;
  /** What whoever changes state must send as `Authorization: Bearer ...`. Without one nothing can be changed. */
  readonly token?: string | undefined;
}

/** An admin server that is up. */
export interface AdminServer {
  readonly address: AddressInfo;
  close(): Promise<void>;
}

const HEAD_BYTES = 8192;
const HEAD_TIMEOUT_MS = 5000;

/**
 * Health, readiness, metrics, decisions and reload, on loopback unless told otherwise.
 *
 *     GET  /healthz        200 while the process answers
 *     GET  /readyz         200 when traffic is welcome, else 503 with the reason
 *     GET  /metrics        Prometheus text
 *     GET  /decisions[/ID] the latest decisions
 *     POST /reload         reloads rules; needs the token; 200 or 422 with what happened
 *
 * @throws Error (rejects) when the address cannot be listened on.
 */
export function startAdminServer(options: AdminOptions, port: number, host = "127.0.0.1"): Promise<AdminServer> {
  const handle = createAdminHandler(options);
  const server: Server = createServer({ maxHeaderSize: HEAD_BYTES, headersTimeout: HEAD_TIMEOUT_MS }, handle);
  server.maxConnections = 100;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () =>
      resolve({
        address: server.address() as AddressInfo,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeIdleConnections();
            setTimeout(() => server.closeAllConnections(), 1000).unref();
          }),
      }),
    );
  });
}

/** The same as a request listener, for applications that mount it on a server of their own. */
export function createAdminHandler(
  options: AdminOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { metrics, decisions } = options;
  const hasToken = tokenCheck(options.token);
  return (request, response) => {
    const path = (request.url ?? "").split("?", 1)[0]!;
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
    };
    const json = (status: number, value: unknown): void =>
      send(status, "application/json", `${JSON.stringify(value)}\n`);
    request.resume();

    if (path === "/reload") {
      if (request.method !== "POST") return json(405, { error: "reload with POST" });
      if (options.reload === undefined) return json(404, { error: "there is nothing to reload" });
      if (options.token === undefined) return json(403, { error: "no token is configured, so nothing can be changed" });
      if (!hasToken(request)) return json(401, { error: "send the token as Authorization: Bearer TOKEN" });
      void options.reload().then(
        (result) => json(result.ok ? 200 : 422, result),
        (error: unknown) => json(500, { error: String(error) }),
      );
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") return json(405, { error: "only GET is answered here" });
    if (path === "/healthz") return send(200, "text/plain", "ok\n");
    if (path === "/readyz") {
      const reason = options.notReady?.();
      return send(reason === undefined ? 200 : 503, "text/plain", `${reason ?? "ok"}\n`);
    }
    if (path === "/metrics") {
      void metrics.registry.metrics().then(
        (text) => send(200, metrics.registry.contentType, text),
        (error: unknown) => json(500, { error: String(error) }),
      );
      return;
    }
    if (decisions !== undefined && /^\/decisions(?:\/|$)/.test(path)) {
      if (!hasToken(request) && !isLocal(request)) {
        return json(401, { error: "decisions quote requests: from elsewhere they need Authorization: Bearer TOKEN" });
      }
      if (path === "/decisions") return json(200, decisions.latest(50));
      const id = /^\/decisions\/([\w-]{1,64})$/.exec(path)?.[1];
      const decision = id === undefined ? undefined : decisions.find(id);
      if (decision !== undefined) return json(200, decision);
      return json(404, { error: "no such decision; only the latest are kept" });
    }
    json(404, { error: "no such page" });
  };
}

/** From this machine, and not by a page in a browser that had its own name resolved to loopback. */
function isLocal(request: IncomingMessage): boolean {
  const { localAddress = "" } = request.socket;
  const loopback = localAddress === "::1" || /^(?:::ffff:)?127\./.test(localAddress);
  const host = (request.headers.host ?? "").replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return loopback && (host === "localhost" || isIP(host) !== 0);
}
