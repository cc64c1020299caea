// The application of examples/README.md without any protection, for what stands in front of it.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const html = { "content-type": "text/html; charset=utf-8" };
const json = { "content-type": "application/json" };
const home = `<!doctype html><title>Example</title><h1>Hello</h1>${"<p>Nothing to see here.</p>".repeat(40)}`;
const leak =
  "<p>You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version</p>";

async function listener(request, response) {
  const path = request.url.split("?", 1)[0];
  if (path === "/leak") response.writeHead(200, html).end(leak);
  else if (path === "/events") {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write("data: first\n\n");
    setTimeout(() => response.end("data: last\n\n"), 500);
  } else if (path === "/slow") {
    setTimeout(() => response.writeHead(200, { "content-type": "text/plain" }).end("done"), 500);
  } else if (path === "/never") {
    // Never answered.
  } else if (path === "/reset") {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": "100000" }).write("half");
    setTimeout(() => request.socket.resetAndDestroy(), 100);
  } else if (path === "/socket") response.writeHead(400, html).end("<h1>No WebSocket</h1>");
  else if (path === "/upload") {
    let bytes = 0;
    for await (const piece of request) bytes += piece.length;
    response.writeHead(200, json).end(JSON.stringify({ bytes }));
  } else if (path === "/items") {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    const isJson = request.headers["content-type"]?.startsWith("application/json");
    const items = isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
    response.writeHead(200, json).end(JSON.stringify(items));
  } else response.writeHead(200, html).end(home);
}

const server = createServer((request, response) => {
  listener(request, response).catch(() => response.destroy());
});

/** Echoes text frames of up to 125 bytes: all that the checks send. */
server.on("upgrade", (request, socket) => {
  const key = request.headers["sec-websocket-key"] ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on("error", () => undefined);
  socket.on("data", (frame) => {
    if ((frame[0] & 0x0f) === 8) return void socket.end(Buffer.from([0x88, 0]));
    const length = frame[1] & 0x7f;
    const mask = frame.subarray(2, 6);
    const text = Buffer.from(frame.subarray(6, 6 + length).map((byte, index) => byte ^ mask[index & 3]));
    const answer = Buffer.concat([Buffer.from("echo "), text]);
    socket.write(Buffer.concat([Buffer.from([0x81, answer.length]), answer]));
  });
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
process.once("SIGTERM", () => process.exit(0));
