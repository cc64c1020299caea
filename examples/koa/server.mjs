import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { bodyParser } from "@koa/bodyparser";
import { cuirass } from "@cuirass/http/koa";
import Koa from "koa";
import { announce, options, port } from "../shared/options.mjs";
import { home, leak } from "../shared/pages.mjs";
import { echoSockets } from "../shared/sockets.mjs";
import { countBytes, sendEvents } from "../shared/streams.mjs";

const app = new Koa();
const waf = cuirass(options);
const parse = bodyParser({ enableTypes: ["json", "form"] });
app.use(waf);
app.use((context, next) => (context.path === "/items" ? parse(context, next) : next()));
app.use(waf.parsed);

const page = (text) => (context) => {
  context.type = "html";
  context.body = text;
};
const routes = {
  "GET /": page(home),
  "GET /leak": page(leak),
  "GET /events": (context) => {
    context.respond = false;
    sendEvents(context.res);
  },
  "GET /slow": async (context) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    context.body = "done";
  },
  "GET /decision": (context) => {
    context.body = context.cuirass;
  },
  "POST /items": (context) => {
    context.body = context.request.body;
  },
  "POST /upload": async (context) => {
    context.body = { bytes: await countBytes(context.req) };
  },
};
app.use((context) => routes[`${context.method} ${context.path}`]?.(context));

const http2 = process.env.HTTP2 === "1";
const server = (http2 ? createHttp2Server : createServer)(app.callback());
waf.attach(server);
if (!http2) echoSockets(server);
server.listen(port, "127.0.0.1", () => announce(server));
