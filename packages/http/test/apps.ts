import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import express from "express";
import type { Express } from "express";
// @ts-expect-error version 4 is installed under a name that has no types
import express4 from "express4";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import type { HttpOptions } from "@cuirass/http";
import { decisionOf } from "@cuirass/http";
import { cuirass as expressWaf } from "@cuirass/http/express";
import { cuirass as fastifyWaf } from "@cuirass/http/fastify";
import { cuirass as fetchWaf } from "@cuirass/http/fetch";
import { cuirass as honoWaf } from "@cuirass/http/hono";
import { cuirass as honoNodeWaf } from "@cuirass/http/hono-node";
import { cuirass as koaWaf } from "@cuirass/http/koa";
import { cuirass as nodeWaf } from "@cuirass/http/node-http";
import type { HttpDecision } from "@cuirass/http";
import { cleanUp } from "./support.ts";

/** The options that every adapter takes in these tests. */
export type AppOptions = HttpOptions & { readonly waf: NonNullable<HttpOptions["waf"]> };

/**
 * A small application: `/html` answers a page, `/secret` a page that must not leave, `/leak` a header that must not,
 * `/id` the number of the decision, POST the raw body. Resolves with the port.
 */
export type StartApp = (options: AppOptions) => Promise<number>;

/** Pages by path. */
export const pages: Readonly<Record<string, string>> = { "/html": "<p>hello</p>", "/secret": "<p>secret</p>" };

/** A body as a byte string. */
export async function readAll(request: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString("latin1");
}

async function started(server: Server): Promise<number> {
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const nodeApp: StartApp = (options) =>
  started(
    createServer(
      nodeWaf((request, response) => {
        const path = request.url!.split("?")[0]!;
        if (path === "/id") return void response.end(decisionOf(request)?.id);
        if (path === "/leak") response.setHeader("x-leak", "1");
        if (request.method !== "POST")
          return void response.writeHead(200, { "content-type": "text/html" }).end(pages[path] ?? "");
        void readAll(request).then((body) => response.end(Buffer.from(body, "latin1")));
      }, options),
    ),
  );

function expressApp(create: () => Express): StartApp {
  return (options) => {
    const app = create();
    app.use(expressWaf(options));
    app.get("/id", (request, response) => void response.send(request.cuirass?.id));
    app.get("/leak", (_request, response) => void response.set("x-leak", "1").send("x"));
    app.get(["/html", "/secret"], (request, response) => void response.type("html").send(pages[request.path]));
    app.post("/", (request, response) => {
      void readAll(request).then((body) => response.end(Buffer.from(body, "latin1")));
    });
    return started(createServer(app));
  };
}

const fastifyApp: StartApp = async (options) => {
  const app = Fastify();
  await app.register(fastifyWaf, options);
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.get("/id", (request) => request.cuirass?.id);
  app.get("/leak", (_request, reply) => reply.header("x-leak", "1").send("x"));
  for (const path of Object.keys(pages)) app.get(path, (_request, reply) => reply.type("text/html").send(pages[path]));
  app.post("/", (request, reply) => reply.type("application/octet-stream").send(request.body));
  await app.listen({ port: 0, host: "127.0.0.1" });
  cleanUp(() => app.close());
  return (app.server.address() as AddressInfo).port;
};

const koaApp: StartApp = (options) => {
  const app = new Koa();
  app.use(koaWaf(options));
  app.use(async (context) => {
    if (context.path === "/leak") context.set("x-leak", "1");
    if (context.method === "POST") context.body = Buffer.from(await readAll(context.req), "latin1");
    else if (context.path === "/id") context.body = (context["cuirass"] as HttpDecision).id;
    else {
      context.type = "text/html";
      context.body = pages[context.path] ?? "";
    }
  });
  return started(createServer(app.callback()));
};

function honoRoutes(app: Hono<{ Variables: { cuirass: HttpDecision | undefined } }>): void {
  app.get("/id", (c) => c.text(c.get("cuirass")?.id ?? ""));
  app.get("/leak", (c) => c.text("x", 200, { "x-leak": "1" }));
  for (const [path, page] of Object.entries(pages)) app.get(path, (c) => c.html(page));
  app.post("/", async (c) => c.body(await c.req.arrayBuffer()));
}

function served(fetch: (request: Request, ...rest: never[]) => Response | Promise<Response>): Promise<number> {
  const server = serve({
    fetch: fetch as (request: Request) => Promise<Response>,
    port: 0,
    hostname: "127.0.0.1",
  }) as Server;
  return new Promise((resolve) => {
    const done = (): void => resolve(started(server));
    if (server.listening) done();
    else server.once("listening", done);
  });
}

const honoNodeApp: StartApp = (options) => {
  const app = new Hono<{ Variables: { cuirass: HttpDecision | undefined } }>();
  app.use(honoNodeWaf(options) as never);
  honoRoutes(app);
  return served((request, ...rest) => app.fetch(request, ...(rest as unknown as [object])));
};

const honoApp: StartApp = (options) => {
  const app = new Hono<{ Variables: { cuirass: HttpDecision | undefined } }>();
  app.use(honoWaf(options as never));
  honoRoutes(app);
  return served((request) => app.fetch(request));
};

const fetchApp: StartApp = (options) =>
  served(
    fetchWaf(async (request: Request) => {
      const { pathname } = new URL(request.url);
      if (request.method === "POST") return new Response(await request.arrayBuffer());
      if (pathname === "/id") return new Response((await import("@cuirass/http/fetch")).decisionOf(request)?.id);
      const headers = { "content-type": "text/html", ...(pathname === "/leak" ? { "x-leak": "1" } : {}) };
      return new Response(pages[pathname] ?? "", { headers });
    }, options as never),
  );

/** Every adapter with an application on it. */
export const apps: Readonly<Record<string, StartApp>> = {
  "node:http": nodeApp,
  "Express 5": expressApp(() => express()),
  "Express 4": expressApp(() => (express4 as typeof express)()),
  Fastify: fastifyApp,
  Koa: koaApp,
  "Hono on Node": honoNodeApp,
  Hono: honoApp,
  Fetch: fetchApp,
  NestJS: async (options) => (await import("./nest-app.ts")).startNest(options),
};
