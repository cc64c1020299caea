import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A small guest book that trusts its input, to have something worth protecting. Listens on a free port of loopback. */
export function startDemoApp(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname === "/api/notes" && request.method === "POST") {
      let body = "";
      request.on("data", (piece: Buffer) => (body += piece.toString()));
      request.on("end", () => response.writeHead(201, { "content-type": "application/json" }).end(body));
      return;
    }
    const name = url.searchParams.get("name") ?? "visitor";
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(
      `<!doctype html><title>Guest book</title><h1>Welcome, ${name}!</h1><form><input name="name"><button>Sign in</button></form>\n`,
    );
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      resolve({ url: `http://127.0.0.1:${port}`, close: () => server.close() });
    });
  });
}
