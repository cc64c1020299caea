import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createWaf } from "@cuirass/engine";
import type { Proxy } from "./proxy.ts";
import { singleApplication } from "./defaults.ts";
import { createProxy } from "./proxy.ts";

const rules = `
SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/html
SecRequestBodyLimit 100000
SecRule ARGS "@contains attack" "id:1,phase:2,deny,status:403,log"
SecRule REQUEST_HEADERS:X-Drop "@streq yes" "id:2,phase:1,drop,log"
SecRule REQUEST_URI "@beginsWith /old" "id:3,phase:1,redirect:/new,status:301,log"
SecRule ARGS:to "@rx ." "id:9,phase:1,redirect:/go?%{ARGS.to},status:302,log"
SecRule RESPONSE_BODY "@contains secret" "id:4,phase:4,deny,status:500,log"
SecRule RESPONSE_HEADERS:X-Leak "@unconditionalMatch" "id:5,phase:3,deny,status:502,log"
`;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

interface Setup {
  readonly port: number;
  readonly seen: { readonly method: string; readonly url: string; readonly headers: string[]; readonly body: string }[];
  readonly done: [status: number, ids: number[]][];
}

async function start(): Promise<Setup> {
  const seen: Setup["seen"] = [];
  const done: Setup["done"] = [];
  const server: Server = createServer((request, response) => {
    void readAll(request).then((body) => {
      seen.push({ method: request.method!, url: request.url!, headers: request.rawHeaders, body });
      if (request.url === "/secret") response.writeHead(200, { "content-type": "text/html" }).end("a secret page");
      else if (request.url === "/leak") response.writeHead(200, { "x-leak": "1" }).end("x");
      else if (request.url === "/stream")
        response.writeHead(200, { "content-type": "application/x" }).end("y".repeat(300_000));
      else response.writeHead(200, { "content-type": "text/html" }).end(`hello ${body}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => server.close());
  const waf = createWaf({ directives: rules });
  const proxy: Proxy = createProxy({
    waf: () => waf,
    ...singleApplication(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
    onExchange: ({ tx, status }) => done.push([status, tx.matchedRules.map((matched) => matched.rule.id)]),
  });
  const { port } = await proxy.listen(0, "127.0.0.1");
  cleanups.push(() => proxy.close());
  return { port, seen, done };
}

async function readAll(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const piece of request) body += String(piece);
  return body;
}

/** Sends raw bytes and reads until the server closes. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes, "latin1"));
    socket.on("data", (piece) => (text += piece.toString("latin1")));
    socket.on("close", () => resolve(text));
    socket.on("error", () => resolve(text));
  });
}

const close = "Host: example.com\r\nConnection: close\r\n\r\n";

test("passes a harmless request and its response on", async () => {
  const { port, seen } = await start();
  const response = await exchange(port, `GET /a%2Fb?x=1 HTTP/1.1\r\nX-Two: 1\r\nx-two: 2\r\n${close}`);
  expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(response).toContain("hello ");
  expect(seen[0]).toMatchObject({ method: "GET", url: "/a%2Fb?x=1" });
  expect(seen[0]!.headers.join()).toContain("X-Two,1,x-two,2");
  expect(seen[0]!.headers.join()).toContain("X-Forwarded-For,127.0.0.1");
});

test("blocks by argument with a page that carries the id, and the application never sees the request", async () => {
  const { port, seen, done } = await start();
  const response = await exchange(port, `GET /?x=attack HTTP/1.1\r\n${close}`);
  expect(response).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
  expect(response).toMatch(/<code>[\w-]{20}<\/code>/);
  expect(seen).toEqual([]);
  expect(done).toEqual([[403, [1]]]);
});

test("answers in JSON where the client prefers it", async () => {
  const { port } = await start();
  const response = await exchange(port, `GET /?x=attack HTTP/1.1\r\nAccept: application/json\r\n${close}`);
  const body = JSON.parse(response.slice(response.indexOf("\r\n\r\n"))) as { status: number; requestId: string };
  expect(body.status).toBe(403);
  expect(body.requestId).toMatch(/^[\w-]{20}$/);
});

test("inspects form bodies, sized and chunked", async () => {
  const { port, seen } = await start();
  const form = "Content-Type: application/x-www-form-urlencoded\r\n";
  expect(await exchange(port, `POST / HTTP/1.1\r\n${form}Content-Length: 8\r\n${close}x=attack`)).toMatch(
    /^HTTP\/1\.1 403/,
  );
  const chunked = `POST / HTTP/1.1\r\n${form}Transfer-Encoding: chunked\r\n${close}4\r\nx=at\r\n4\r\ntack\r\n0\r\n\r\n`;
  expect(await exchange(port, chunked)).toMatch(/^HTTP\/1\.1 403/);
  expect(await exchange(port, `POST / HTTP/1.1\r\n${form}Content-Length: 3\r\n${close}x=1`)).toContain("hello x=1");
  expect(seen.map(({ body }) => body)).toEqual(["x=1"]);
});

test("A23 drops, redirects, and refuses bodies past the limit", async () => {
  const { port } = await start();
  expect(await exchange(port, `GET / HTTP/1.1\r\nX-Drop: yes\r\n${close}`)).toBe("");
  const moved = await exchange(port, `GET /old HTTP/1.1\r\n${close}`);
  expect(moved).toMatch(/^HTTP\/1\.1 301/);
  expect(moved).toContain("Location: /new");
  const large = `POST / HTTP/1.1\r\nContent-Length: 100001\r\n${close}${"a".repeat(100_001)}`;
  expect(await exchange(port, large)).toMatch(/^HTTP\/1\.1 413/);
});

test("blocks responses by header and by body", async () => {
  const { port } = await start();
  expect(await exchange(port, `GET /leak HTTP/1.1\r\n${close}`)).toMatch(/^HTTP\/1\.1 502/);
  const secret = await exchange(port, `GET /secret HTTP/1.1\r\n${close}`);
  expect(secret).toMatch(/^HTTP\/1\.1 500/);
  expect(secret).not.toContain("secret page");
});

test("streams what is not inspected", async () => {
  const { port } = await start();
  const response = await exchange(port, `GET /stream HTTP/1.1\r\n${close}`);
  expect(response.split("y").length - 1).toBeGreaterThanOrEqual(300_000);
});

test("serves several requests on one connection", async () => {
  const { port, seen } = await start();
  const response = await exchange(port, `GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\n${close}`);
  expect(response.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  expect(seen.map(({ url }) => url)).toEqual(["/1", "/2"]);
});

test("refuses a request that two servers could read differently, and never forwards it", async () => {
  const { port, seen } = await start();
  const smuggled = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n${close}`;
  expect(await exchange(port, smuggled)).toMatch(/^HTTP\/1\.1 400/);
  expect(seen).toEqual([]);
});

test("answers 502 when the application is gone and 400 when a body ends early", async () => {
  const waf = createWaf({ directives: rules });
  const proxy = createProxy({ waf: () => waf, ...singleApplication(new URL("http://127.0.0.1:1")) });
  const { port } = await proxy.listen(0, "127.0.0.1");
  cleanups.push(() => proxy.close());
  expect(await exchange(port, `GET / HTTP/1.1\r\n${close}`)).toMatch(/^HTTP\/1\.1 502/);
  const response = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () =>
      socket.end("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"),
    );
    socket.on("data", (piece) => (text += piece.toString("latin1")));
    socket.on("close", () => resolve(text));
  });
  expect(response).toMatch(/^HTTP\/1\.1 400/);
});

test("what a redirect takes from the request cannot add a header line", async () => {
  const { port } = await start();
  const response = await exchange(port, `GET /?to=a%0d%0aSet-Cookie:%20x=1 HTTP/1.1\r\n${close}`);
  expect(response).toMatch(/^Location: \/go\?a%0d%0aset-cookie:%20x=1\r$/im);
  expect(response).not.toContain("\nSet-Cookie");
});
