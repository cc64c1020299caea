import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { DecisionRing } from "./decision-ring.ts";
import type { WafMetrics } from "./metrics.ts";

/** What the admin port shows. */
export interface AdminOptions {
  readonly metrics: WafMetrics;
  readonly decisions: DecisionRing;
}

/** Health, metrics and decisions, read-only, on loopback unless told otherwise. */
export function startAdminServer(
  { metrics, decisions }: AdminOptions,
  port: number,
  host = "127.0.0.1",
): Promise<{ readonly address: AddressInfo; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? "").split("?", 1)[0]!;
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
    };
    const json = (status: number, value: unknown): void =>
      send(status, "application/json", `${JSON.stringify(value)}\n`);
    if (request.method !== "GET") return json(405, { error: "only GET is answered here" });
    if (path === "/healthz" || path === "/readyz") return send(200, "text/plain", "ok\n");
    if (path === "/metrics") {
      void metrics.registry.metrics().then((text) => send(200, metrics.registry.contentType, text));
      return;
    }
    if (path === "/decisions") return json(200, decisions.latest(50));
    const id = /^\/decisions\/([\w-]{1,64})$/.exec(path)?.[1];
    const decision = id === undefined ? undefined : decisions.find(id);
    if (decision !== undefined) return json(200, decision);
    json(404, { error: id === undefined ? "no such page" : "no such decision; only the latest are kept" });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () =>
      resolve({
        address: server.address() as AddressInfo,
        close: () => new Promise((done) => void server.close(() => done())),
      }),
    );
  });
}
