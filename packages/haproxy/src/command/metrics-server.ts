import { createServer } from "node:http";
import type { Agent } from "../agent/agent.ts";
import { parseBind } from "../config/bind-address.ts";

/** Serves `/metrics` and nothing else. @throws Error when the address is wrong or taken. */
export function startMetricsServer(agent: Agent, address: string): Promise<{ close(): void }> {
  const bind = parseBind(address);
  if (bind === undefined || bind.kind === "unix") throw new Error(`-metrics-addr "${address}" is no host:port`);
  const server = createServer((request, response) => {
    if (request.method === "GET" && request.url?.split("?", 1)[0] === "/metrics") {
      response
        .writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" })
        .end(agent.renderMetrics());
    } else response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found\n");
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: bind.port, ...(bind.host === undefined ? {} : { host: bind.host }) }, () => {
      resolve({
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}
