// The server of the load runs: one page of 10 KB behind a framework, with and without the WAF.
//   node packages/http/test/load-server.mjs FRAMEWORK SETUP    node-http, express, fastify;  bare, no-rules, detect, block, workers
// With PAGE=new every page has a number of its own in it, so that nothing is known of it; the same page otherwise.
import { createServer } from "node:http";
import { createHttpWaf } from "@cuirass/http";
import { cuirass as guardExpress } from "@cuirass/http/express";
import { cuirass as guardFastify } from "@cuirass/http/fastify";
import { protectServer } from "@cuirass/http/node-http";

const [framework, setup] = process.argv.slice(2);
const news = "<p>Shipping news arrived yesterday.</p>".repeat(275);
const samePage = `<!DOCTYPE html><html><body>${news}</body></html>`;
let pages = 0;
const newPage = () => `<!DOCTYPE html><html><body><p>Visit ${1_000_000 + pages++}</p>${news}</body></html>`;
const page = process.env.PAGE === "new" ? newPage : () => samePage;

const waf =
  setup === "bare"
    ? undefined
    : createHttpWaf({
        rules: process.env.WAF_RULES,
        mode: setup === "detect" ? "detect" : "block",
        ...(setup === "no-rules" ? { rules: process.env.WAF_NO_RULES } : {}),
        workers: setup === "workers" ? 1 : 0,
        hooks: { blocked: () => undefined },
      });
await waf?.ready();

const start = {
  "node-http": async () => {
    const server = createServer((request, response) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page());
    });
    return waf === undefined ? server : protectServer(server, waf);
  },
  express: async () => {
    const { default: express } = await import("express");
    const app = express();
    if (waf !== undefined) app.use(guardExpress(waf));
    app.get("*path", (request, response) => response.send(page()));
    return createServer(app);
  },
  fastify: async () => {
    const { default: Fastify } = await import("fastify");
    const app = Fastify();
    if (waf !== undefined) await app.register(guardFastify, { shared: waf });
    app.get("*", (request, reply) => reply.type("text/html").send(page()));
    await app.ready();
    return app.server;
  },
};

const server = await start[framework]();
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
