import { createServer } from "node:http";
import { expect, test } from "vitest";
// @ts-expect-error ws has its types in another package
import { WebSocket, WebSocketServer } from "ws";
import { protectServer } from "@cuirass/http/node-http";
import { exchange, listen, testWaf } from "./support.ts";

interface Socket {
  on(event: string, listener: (...args: unknown[]) => void): Socket;
  send(text: string): void;
  close(): void;
}

async function start(): Promise<number> {
  const server = protectServer(createServer(), { waf: testWaf() });
  const sockets = new WebSocketServer({ server }) as { on(event: string, listener: (socket: Socket) => void): void };
  sockets.on("connection", (socket) => {
    socket.on("message", (text) => socket.send(`echo ${String(text)}`));
  });
  return listen(server);
}

function talk(port: number, path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`) as Socket;
    socket.on("open", () => socket.send("hello"));
    socket.on("message", (text) => {
      resolve(String(text));
      socket.close();
    });
    socket.on("unexpected-response", (_request, response) =>
      resolve(String((response as { statusCode: number }).statusCode)),
    );
    socket.on("error", () => undefined);
  });
}

test("a WebSocket opens and talks", async () => {
  expect(await talk(await start(), "/chat")).toBe("echo hello");
});

test("its opening request is inspected", async () => {
  expect(await talk(await start(), "/chat?q=attack")).toBe("403");
});

const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const version = "Sec-WebSocket-Version: 13\r\n";

test.each([
  ["no key", "GET", ""],
  ["another method", "POST", "Sec-WebSocket-Key: x\r\n"],
  ["a key that is none", "GET", `${version}Sec-WebSocket-Key: x\r\n`],
  ["two keys", "GET", version + key + key],
  ["another version", "GET", `Sec-WebSocket-Version: 8\r\n${key}`],
  ["a GET with a body", "GET", `${version}${key}Content-Length: 5\r\n`],
])("an incomplete handshake is no way around inspection: %s", async (_what, method, more) => {
  const upgrade = "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  expect(await exchange(await start(), `${method} / HTTP/1.1\r\n${upgrade}${more}\r\n`)).toMatchObject({
    status: 400,
  });
});
