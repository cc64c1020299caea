import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { decisionOf } from "@cuirass/http";
import { protectServer } from "@cuirass/http/node-http";
import { announce, options, port } from "../shared/options.mjs";
import { home, leak } from "../shared/pages.mjs";
import { echoSockets } from "../shared/sockets.mjs";
import { countBytes, sendEvents } from "../shared/streams.mjs";

const html = { "content-type": "text/html; charset=utf-8" };
const json = { "content-type": "application/json" };

async function listener(request, response) {
  const path = request.url.split("?", 1)[0];
  if (path === "/") response.writeHead(200, html).end(home);
  else if (path === "/leak") response.writeHead(200, html).end(leak);
  else if (path === "/events") sendEvents(response);
  else if (path === "/slow")
    setTimeout(() => response.writeHead(200, { "content-type": "text/plain" }).end("done"), 500);
  else if (path === "/decision") response.writeHead(200, json).end(JSON.stringify(decisionOf(request)));
  else if (path === "/upload") response.writeHead(200, json).end(JSON.stringify({ bytes: await countBytes(request) }));
  else if (path === "/items") {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    const isJson = request.headers["content-type"]?.startsWith("application/json");
    const items = isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
    response.writeHead(200, json).end(JSON.stringify(items));
  } else response.writeHead(404, html).end("<h1>Not found</h1>");
}

const http2 = process.env.HTTP2 === "1";
const server = (http2 ? createHttp2Server : createServer)((request, response) => {
  listener(request, response).catch(() => response.destroy());
});
protectServer(server, options);
if (!http2) echoSockets(server);
server.listen(port, "127.0.0.1", () => announce(server));
