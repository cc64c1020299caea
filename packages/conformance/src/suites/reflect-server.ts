import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ReflectBackend } from "@cuirass/ftw";

/** The test back end on a free port of loopback. */
export function startReflectServer(): Promise<{ readonly url: string; close(): void }> {
  const backend = new ReflectBackend();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString("latin1");
      const answer = backend.answer(request.method ?? "GET", request.url ?? "/", body);
      const bytes = Buffer.from(answer.body, "latin1");
      const own = new Set(["content-length", "transfer-encoding", "connection"]);
      const headers = answer.headers.filter(([name]) => !own.has(name.toLowerCase())).flat();
      response.writeHead(answer.status, [...headers, "Content-Length", String(bytes.length)]);
      response.end(bytes);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      resolve({ url: `http://127.0.0.1:${port}`, close: () => server.close() });
    });
  });
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
