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

test("an incomplete handshake is no way around inspection", async () => {
  const port = await start();
  const upgrade = "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  expect(await exchange(port, `GET / HTTP/1.1\r\n${upgrade}\r\n`)).toMatchObject({ status: 400 });
  expect(await exchange(port, `POST / HTTP/1.1\r\n${upgrade}Sec-WebSocket-Key: x\r\n\r\n`)).toMatchObject({
    status: 400,
  });
});
