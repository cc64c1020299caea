import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import express from "express";
import Fastify from "fastify";
import type { HttpOptions } from "@cuirass/http";
import { cuirass as expressWaf } from "@cuirass/http/express";
import { cuirass as fastifyWaf } from "@cuirass/http/fastify";
import { ReflectBackend } from "@cuirass/ftw";
import type { SuiteResult } from "../suite-result.ts";
import type { OnProgress } from "./crs.ts";
import { createTestWaf, ExchangeLog, loadCrsTests, runOverSocket, summariseCrs } from "./crs.ts";

/** All CRS regression tests against an Express 5 application, on real sockets. */
export function runCrsExpress(shared: string, onProgress: OnProgress): Promise<SuiteResult> {
  return runAgainst("crs-express", shared, onProgress, (options, backend) => {
    const app = express();
    app.use(expressWaf(options));
    app.use(express.raw({ type: () => true, limit: "100mb" }));
    app.use((request, response) => {
      const body = Buffer.isBuffer(request.body) ? request.body.toString("latin1") : "";
      const answer = backend.answer(request.method, request.originalUrl, body);
      response.status(answer.status);
      for (const [name, value] of ownHeaders(answer.headers)) response.append(name, value);
      response.end(Buffer.from(answer.body, "latin1"));
    });
    return Promise.resolve({ server: createServer(app), close: () => Promise.resolve() });
  });
}

/** All CRS regression tests against a Fastify 5 server, on real sockets. */
export function runCrsFastify(shared: string, onProgress: OnProgress): Promise<SuiteResult> {
  return runAgainst("crs-fastify", shared, onProgress, async (options, backend) => {
    const app = Fastify({ bodyLimit: 100_000_000 });
    await app.register(fastifyWaf, options);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    app.setNotFoundHandler((request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body.toString("latin1") : "";
      const answer = backend.answer(request.method, request.url, body);
      for (const [name, value] of ownHeaders(answer.headers)) void reply.header(name, value);
      return reply.code(answer.status).send(Buffer.from(answer.body, "latin1"));
    });
    await app.ready();
    return { server: app.server, close: () => app.close() };
  });
}

type StartServer = (
  options: HttpOptions,
  backend: ReflectBackend,
) => Promise<{ readonly server: Server; close(): Promise<void> }>;

async function runAgainst(
  suite: string,
  shared: string,
  onProgress: OnProgress,
  start: StartServer,
): Promise<SuiteResult> {
  const started = performance.now();
  const { tests, files } = loadCrsTests(shared);
  const log = new ExchangeLog();
  const waf = createTestWaf(shared, (matched) => log.lines.push(matched));
  const { server, close } = await start({ waf, hooks: { decision: () => log.end() } }, new ReflectBackend());
  // What Node's own parser refuses never becomes a request; the answer is the one it gives by itself.
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    log.end();
    const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  });
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const target = { port: (server.address() as AddressInfo).port, log, overrides: "coraza" } as const;
  const results = await runOverSocket(shared, tests, target, onProgress);
  server.closeAllConnections();
  server.close();
  await close();
  return summariseCrs(suite, files, results, (performance.now() - started) / 1000);
}

function ownHeaders(
  headers: readonly (readonly [name: string, value: string])[],
): readonly (readonly [name: string, value: string])[] {
  const framing = new Set(["content-length", "transfer-encoding", "connection"]);
  return headers.filter(([name]) => !framing.has(name.toLowerCase()));
}
