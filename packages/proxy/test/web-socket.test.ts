import { createHash } from "node:crypto";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { cleanUp, exchange, eventually, settingsFor, startProxy } from "./support.ts";

const key = "dGhlIHNhbXBsZSBub25jZQ==";
const handshake = (change: (head: string) => string = (head) => head): string =>
  change(
    `GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );

/** Shakes hands, then echoes bytes; answers other requests with `plain`. */
async function startEcho(
  accept = (given: string): string =>
    createHash("sha1").update(`${given}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64"),
) {
  const server = createServer((_request, response) => response.end("plain"));
  const sockets = new Set<Duplex>();
  server.on("upgrade", (request, socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    const answer = accept(request.headers["sec-websocket-key"] ?? "");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${answer}\r\n\r\nhello `,
    );
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), sockets };
}

test("a complete handshake opens a tunnel; bytes sent with it are not lost", async () => {
  const app = await startEcho();
  const { port, records, proxy } = await startProxy(settingsFor([app.url]));
  let got = "";
  const socket = connect(port, "127.0.0.1", () => socket.write(`${handshake()}early `));
  socket.on("data", (piece) => (got += piece.toString("latin1")));
  await eventually(() => expect(got).toContain("early "));
  socket.write("late");
  await eventually(() => expect(got).toContain("late"));
  expect(got).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
  expect(got.slice(got.indexOf("\r\n\r\n") + 4)).toBe("hello early late");
  expect(records[0]).toMatchObject({ status: 101, target: "/chat" });
  socket.destroy();
  await eventually(() => expect([app.sockets.size, proxy.connectionCount]).toEqual([0, 0]));
});

test.each([
  ["another method", (head: string) => head.replace("GET", "POST")],
  ["no Connection: upgrade", (head: string) => head.replace("keep-alive, Upgrade", "keep-alive")],
  ["no key", (head: string) => head.replace(/Sec-WebSocket-Key.*\r\n/, "")],
  ["a key that is none", (head: string) => head.replace(key, "short")],
  ["another version", (head: string) => head.replace("13", "8")],
  ["another protocol", (head: string) => head.replace("websocket", "h2c")],
  ["a body", (head: string) => head.replace("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\nx")],
])("with %s it is an ordinary request", async (_name, change) => {
  const app = await startEcho();
  const { port } = await startProxy(settingsFor([app.url]));
  const response = await exchange(
    port,
    handshake((head) => change(head).replace("keep-alive", "close")),
  );
  expect(response).toMatch(/^HTTP\/1\.1 200/);
  expect(response).toContain("plain");
  expect(app.sockets.size).toBe(0);
});

test("the opening request is inspected", async () => {
  const app = await startEcho();
  const { port } = await startProxy(settingsFor([app.url]));
  expect(
    await exchange(
      port,
      handshake((head) => head.replace("/chat", "/chat?a=attack").replace("keep-alive,", "close,")),
    ),
  ).toMatch(/^HTTP\/1\.1 403/);
  expect(app.sockets.size).toBe(0);
});

test("an application that does not know the key opens nothing", async () => {
  const app = await startEcho(() => "forged");
  const { port } = await startProxy(settingsFor([app.url]));
  expect(
    await exchange(
      port,
      handshake((head) => head.replace("keep-alive,", "close,")),
    ),
  ).toMatch(/^HTTP\/1\.1 502/);
  await eventually(() => expect(app.sockets.size).toBe(0));
});

test("a tunnel in which nothing moves is closed", async () => {
  const app = await startEcho();
  const timeouts = { connect: 1000, responseHead: 1000, idle: 1000, tunnel: 150 };
  const { port } = await startProxy(settingsFor([app.url], { server: { timeouts } }));
  const started = performance.now();
  expect(await exchange(port, handshake())).toContain("hello ");
  expect(performance.now() - started).toBeLessThan(20_000);
});
