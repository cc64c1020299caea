import type { AddressInfo } from "node:net";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import type { ClientHttp2Session, OutgoingHttpHeaders, ServerHttp2Session } from "node:http2";
import { request as httpsRequest } from "node:https";
import { connect as connectTls } from "node:tls";
import { expect, test } from "vitest";
import { createWaf } from "@cuirass/engine";
import type { ExchangeRecord, ProxySettings } from "@cuirass/proxy";
import { Certificates, createProxy } from "@cuirass/proxy";
import {
  certificateFor,
  cleanUp,
  eventually,
  exchange,
  rules,
  settingsFor,
  startApplication,
  startProxy,
} from "./support.ts";

const one = certificateFor("one.example", "*.wild.example");
const two = certificateFor("two.example");

interface Secure {
  readonly port: number;
  readonly certificates: Certificates;
  readonly records: ExchangeRecord[];
  readonly refused: string[];
}

async function startSecure(settings: ProxySettings): Promise<Secure> {
  const certificates = new Certificates([one, two]);
  const waf = createWaf({ directives: rules });
  const records: ExchangeRecord[] = [];
  const refused: string[] = [];
  const proxy = createProxy({
    ...settings,
    waf: () => waf,
    onExchange: (record) => records.push(record),
    onRefused: (status, reason) => refused.push(`${status} ${reason}`),
  });
  const { port } = await proxy.listen(0, "127.0.0.1", certificates);
  cleanUp(() => proxy.close(500));
  return { port, certificates, records, refused };
}

function openSession(port: number): ClientHttp2Session {
  const session = connectHttp2(`https://one.example:${port}`, {
    rejectUnauthorized: false,
    host: "127.0.0.1",
  } as object);
  session.on("error", () => undefined);
  cleanUp(() => session.destroy());
  return session;
}

interface Http2Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
  readonly trailers: Record<string, unknown>;
  readonly resetCode: number;
}

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string | Buffer): Promise<Http2Answer> {
  return new Promise((resolve) => {
    const stream = session.request({ ":authority": "one.example", ...headers }, { endStream: body === undefined });
    let answer: Record<string, unknown> = {};
    let trailers: Record<string, unknown> = {};
    let text = "";
    stream.on("response", (given) => (answer = given as Record<string, unknown>));
    stream.on("trailers", (given) => (trailers = given as Record<string, unknown>));
    stream.on("data", (piece: Buffer) => (text += piece.toString("latin1")));
    stream.on("error", () => undefined);
    stream.on("close", () =>
      resolve({
        status: Number(answer[":status"] ?? 0),
        headers: answer,
        body: text,
        trailers,
        resetCode: stream.rstCode,
      }),
    );
    if (body !== undefined) stream.end(body);
  });
}

const form = { ":method": "POST", ":path": "/", "content-type": "application/x-www-form-urlencoded" };

async function echo() {
  return startApplication((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString("latin1")));
    request.on("end", () => response.end(JSON.stringify({ url: request.url, headers: request.headers, body })));
  });
}

test("HTTP/2 requests are inspected and go on as HTTP/1.1", async () => {
  const app = await echo();
  const { port, records } = await startSecure(settingsFor([app.url]));
  const session = openSession(port);
  const fine = await ask(session, { ":path": "/a?x=1", cookie: ["a=1", "b=2"] });
  expect(fine.status).toBe(200);
  expect(JSON.parse(fine.body)).toMatchObject({
    url: "/a?x=1",
    headers: { host: "one.example", cookie: "a=1; b=2", "x-forwarded-proto": "https" },
  });
  expect((await ask(session, { ":path": "/?x=attack" })).status).toBe(403);
  expect((await ask(session, form, "x=attack")).status).toBe(403);
  const posted = await ask(session, form, "x=fine");
  expect((JSON.parse(posted.body) as { body: string }).body).toBe("x=fine");
  expect(records.map(({ protocol, tls }) => [protocol, tls])[0]).toEqual(["HTTP/2.0", "TLSv1.3"]);
});

test("many streams of one connection run side by side", async () => {
  let running = 0;
  let most = 0;
  const app = await startApplication((_request, response) => {
    most = Math.max(most, ++running);
    setTimeout(() => {
      running--;
      response.end("x");
    }, 500);
  });
  const { port } = await startSecure(settingsFor([app.url]));
  const session = openSession(port);
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(session, { ":path": "/" })));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(most).toBeGreaterThan(3);
});

test("drop closes the whole connection", async () => {
  const app = await echo();
  const { port } = await startSecure(settingsFor([app.url]));
  const session = openSession(port);
  const closed = new Promise((resolve) => session.on("close", resolve));
  expect((await ask(session, { ":path": "/", "x-drop": "yes" })).status).toBe(0);
  await closed;
});

test("heads that are no sound HTTP are refused", async () => {
  const app = await echo();
  const { port, refused, records } = await startSecure(settingsFor([app.url]));
  const session = openSession(port);
  expect((await ask(session, { ":path": "/", host: "two.example" })).status).toBe(400);
  expect((await ask(session, { ":path": "/a#b" })).status).toBe(400);
  expect(refused).toEqual(["400 authority and Host header name two hosts", "400 the request target is malformed"]);
  expect(records).toEqual([]);
});

test("a body that breaks off is no request for the application", async () => {
  const app = await echo();
  const { port, records } = await startSecure(settingsFor([app.url]));
  const session = openSession(port);
  const stream = session.request({ ...form, ":authority": "one.example", "content-length": "100" });
  stream.on("error", () => undefined);
  stream.write("half");
  await new Promise((resolve) => setTimeout(resolve, 100));
  stream.close(8);
  await eventually(() => expect(records).toHaveLength(1));
  expect(records[0]).toMatchObject({ status: 0, server: "" });
});

test("HTTP/1.1 clients are served on the same port", async () => {
  const app = await echo();
  const { port } = await startSecure(settingsFor([app.url]));
  const status = await new Promise((resolve) => {
    httpsRequest(
      { port, host: "127.0.0.1", servername: "one.example", rejectUnauthorized: false, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    ).end();
  });
  expect(status).toBe(200);
});

function certificateNames(port: number, servername: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls(
      { port, host: "127.0.0.1", rejectUnauthorized: false, ...(servername === undefined ? {} : { servername }) },
      () => {
        resolve(String(socket.getPeerCertificate().subjectaltname));
        socket.destroy();
      },
    );
    socket.on("error", reject);
  });
}

test("the name asked for chooses the certificate, and a new one is used without a restart", async () => {
  const app = await echo();
  const { port, certificates } = await startSecure(settingsFor([app.url]));
  expect(await certificateNames(port, "two.example")).toBe("DNS:two.example");
  expect(await certificateNames(port, "a.wild.example")).toContain("*.wild.example");
  expect(await certificateNames(port, "other.example")).toContain("one.example");
  expect(await certificateNames(port, undefined)).toContain("one.example");
  certificates.replace([certificateFor("three.example")]);
  expect(await certificateNames(port, "two.example")).toBe("DNS:three.example");
  expect(await certificateNames(port, undefined)).toBe("DNS:three.example");
  expect(() => certificates.replace([{ ...one, key: two.key }])).toThrow("one.example: ");
  expect(await certificateNames(port, "two.example")).toBe("DNS:three.example");
});

/** A gRPC application without TLS: echoes each message, then answers with its status in trailers. */
async function startGrpc(): Promise<{ url: URL; seen: string[]; sessions: Set<ServerHttp2Session> }> {
  const seen: string[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server = createHttp2Server();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    seen.push(`${headers[":method"]} ${headers[":path"]} te=${headers.te}`);
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.on("data", (piece: Buffer) => stream.write(piece));
    stream.on("end", () => stream.end());
    stream.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp(() => server.close());
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), seen, sessions };
}

test("gRPC streams pass both ways at once, with their trailers, where a route lets them", async () => {
  const { url, seen } = await startGrpc();
  const settings = settingsFor([url], { server: { protocol: "http2" } });
  const { port } = await startSecure({ ...settings, routes: [{ ...settings.routes[0]!, grpc: true }] });
  const session = openSession(port);
  const stream = session.request({
    ":method": "POST",
    ":path": "/service/Method",
    ":authority": "one.example",
    "content-type": "application/grpc",
    te: "trailers",
  });
  const trailers = new Promise<Record<string, unknown>>((resolve) =>
    stream.on("trailers", (given) => resolve(given as Record<string, unknown>)),
  );
  const echoed = (): Promise<string> =>
    new Promise((resolve) => stream.once("data", (piece: Buffer) => resolve(piece.toString())));
  for (const message of ["first", "second"]) {
    const next = echoed();
    stream.write(message);
    expect(await next).toBe(message);
  }
  stream.end();
  stream.resume();
  expect(await trailers).toMatchObject({ "grpc-status": "0" });
  expect(seen).toEqual(["POST /service/Method te=trailers"]);
  // Its headers are inspected all the same.
  const blocked = await ask(
    session,
    { ":method": "POST", ":path": "/x?a=attack", "content-type": "application/grpc", te: "trailers" },
    "m",
  );
  expect(blocked.status).toBe(403);
});

test("a body that only says that it is gRPC is held and inspected", async () => {
  const { url } = await startGrpc();
  const settings = settingsFor([url], { server: { protocol: "http2" } });
  const { port } = await startSecure({ ...settings, routes: [{ ...settings.routes[0]!, grpc: true }] });
  const session = openSession(port);
  const fake = { ":method": "POST", ":path": "/", "content-type": "application/grpc" };
  expect((await ask(session, fake, "an attack")).status).toBe(403);
  const plain = await ask(session, { ":method": "POST", ":path": "/", "content-type": "text/plain" }, "hello");
  expect([plain.status, plain.body]).toEqual([200, "hello"]);
});

test("clients that know that HTTP/2 is spoken here need no TLS for it", async () => {
  const app = await echo();
  const { port, records } = await startProxy(settingsFor([app.url]));
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  cleanUp(() => session.destroy());
  expect((await ask(session, { ":path": "/a" })).status).toBe(200);
  expect((await ask(session, form, "x=attack")).status).toBe(403);
  expect(records[0]).toMatchObject({ protocol: "HTTP/2.0", tls: undefined });
  // Half a preface is no preface.
  expect(await exchange(port, "PRI * HTTP/2.0\r\n\r\nXX")).toMatch(/^HTTP\/1\.1 505/);
});

test("an HTTP/2 application that restarts is connected to anew", async () => {
  const { url, sessions } = await startGrpc();
  const { port } = await startProxy(settingsFor([url], { server: { protocol: "http2" } }));
  const get = (): Promise<string> => exchange(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect(await get()).toMatch(/^HTTP\/1\.1 200/);
  for (const session of sessions) session.destroy();
  await eventually(() => expect(sessions.size).toBe(0));
  expect(await get()).toMatch(/^HTTP\/1\.1 200/);
});
