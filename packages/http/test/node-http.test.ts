import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { WafMetrics } from "@cuirass/node";
import type { HttpDecision, HttpOptions } from "@cuirass/http";
import { cuirass, protectServer } from "@cuirass/http/node-http";
import { cleanUp, end, exchange, get, listen, post, rules, testWaf } from "./support.ts";

const form = "application/x-www-form-urlencoded";
const html = { "content-type": "text/html" };

interface Running {
  readonly port: number;
  readonly seen: { readonly decision: HttpDecision; readonly status: number }[];
}

async function run(listener: RequestListener, options: HttpOptions = { waf: testWaf() }): Promise<Running> {
  const seen: Running["seen"] = [];
  const hooks = {
    ...options.hooks,
    decision: (decision: HttpDecision, _r: unknown, status: number) => void seen.push({ decision, status }),
  };
  return { port: await listen(createServer(cuirass(listener, { ...options, hooks }))), seen };
}

function echo(request: IncomingMessage, response: ServerResponse): void {
  request.pipe(response.writeHead(200, { "content-type": "application/octet-stream" }));
}

/** A client that reads nothing before it has sent everything, and closes no connection itself. */
function sendThenRead(
  port: number,
  head: string,
  size: number,
  halfway: () => void,
): Promise<{ status: number; error: string | undefined }> {
  return new Promise((resolve) => {
    let text = "";
    let error: string | undefined;
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.pause();
    socket.write(head, "latin1");
    const piece = Buffer.alloc(100_000, 0x61);
    let left = size / piece.length;
    const half = left >> 1;
    const send = (): void => {
      if (left === half) halfway();
      if (left-- > 0) socket.write(piece, () => setTimeout(send, 5));
      else socket.resume();
    };
    send();
    socket.on("data", (bytes) => (text += String(bytes)));
    socket.on("error", ({ message }) => (error = message));
    socket.on("end", () => socket.end());
    socket.on("close", () => resolve({ status: Number(text.slice(9, 12)), error }));
  });
}

describe("requests", () => {
  test("are inspected with every header line and trailers", async () => {
    const waf = testWaf(`${rules}
SecRule &REQUEST_HEADERS:X-Twice "@eq 2" "id:20,phase:1,deny,status:420"
SecRule REQUEST_HEADERS:X-Late "@streq yes" "id:21,phase:2,deny,status:421"`);
    const { port } = await run(echo, { waf });
    expect(await exchange(port, get("/", "X-Twice: 1\r\nX-Twice: 2\r\n"))).toMatchObject({ status: 420 });
    const chunked = `POST / HTTP/1.1\r\n${end}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Late: yes\r\n\r\n`;
    expect(await exchange(port, chunked)).toMatchObject({ status: 421 });
  });

  test("reach a body reader that comes late, in one piece and with its end", async () => {
    const { port } = await run((request, response) => setTimeout(() => echo(request, response), 50));
    const body = "z".repeat(200_000);
    expect((await exchange(port, post("/", "x/y", body))).body === body).toBe(true);
  });

  test("are guarded when other asynchronous code ran first and the body has arrived already", async () => {
    const guarded = cuirass(echo, { waf: testWaf() });
    const port = await listen(createServer((request, response) => setTimeout(() => guarded(request, response), 50)));
    expect(await exchange(port, post("/", form, "a=1"))).toMatchObject({ status: 200, body: "a=1" });
    expect(await exchange(port, post("/", form, "a=attack"))).toMatchObject({ status: 403 });
    const body = "y".repeat(150_000);
    expect((await exchange(port, post("/", "x/y", body))).body === body).toBe(true);
  });

  test("whose body was read before the WAF end in the fault policy", async () => {
    const guarded = cuirass((_request, response) => response.end("ok"), {
      waf: testWaf(),
      hooks: { fault: () => undefined },
    });
    const port = await listen(
      createServer((request, response) => {
        request.resume().on("end", () => guarded(request, response));
      }),
    );
    expect(await exchange(port, post("/", form, "a=1"))).toMatchObject({ status: 500 });
  });

  test("of which nobody reads the body leave the connection usable", async () => {
    const { port } = await run((_request, response) => response.end("ok"));
    const big = post("/", "x/y", "x".repeat(250_000)).replace("Connection: close\r\n", "");
    const both = await exchange(port, big + get("/"));
    expect(both.body).toContain("HTTP/1.1 200 OK");
  });

  test("that are aborted are closed, and never reach the application", async () => {
    let calls = 0;
    const { port, seen } = await run((_request, response) => void response.end(String(++calls)));
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`POST / HTTP/1.1\r\n${end}Content-Length: 1000\r\n\r\nabc`);
      setTimeout(() => socket.destroy(), 30);
    });
    await expect.poll(() => seen.length).toBe(1);
    expect([seen[0]!.status, calls]).toEqual([0, 0]);
  });

  test("beyond the limit flow on with `partial`, of any size and with flat memory", async () => {
    const waf = testWaf(`${rules}\nSecRequestBodyLimitAction ProcessPartial`);
    let bytes = 0;
    const { port } = await run(
      (request, response) => {
        request.on("data", (piece: Buffer) => (bytes += piece.length));
        request.on("end", () => response.end(String(bytes)));
      },
      { waf },
    );
    const size = 200_000_000;
    const before = process.memoryUsage().arrayBuffers;
    const answer = await new Promise<string>((resolve, reject) => {
      const outgoing = httpRequest({ port, method: "POST", headers: { "content-length": size } }, (response) => {
        let text = "";
        response.on("data", (piece: Buffer) => (text += String(piece))).on("end", () => resolve(text));
      });
      outgoing.on("error", reject);
      const piece = Buffer.alloc(100_000, 0x61);
      let left = size / piece.length;
      const send = (): void => {
        while (left-- > 0) if (!outgoing.write(piece)) return void outgoing.once("drain", send);
        outgoing.end();
      };
      send();
    });
    expect(answer).toBe(String(size));
    // What the collector has not freed yet counts too, so this leaves room; holding the body would take four times as much.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });

  test("that are stopped while their client still sends get their answer, not a reset, and keep nothing", async () => {
    const { port, seen } = await run(echo);
    const size = 3_000_000;
    const heads = {
      "by its head": { head: `POST /./ HTTP/1.1\r\n${end}Content-Length: ${size}\r\n\r\n`, status: 400 },
      "by a redirect": { head: `POST /old HTTP/1.1\r\n${end}Content-Length: ${size}\r\n\r\n`, status: 301 },
      "by its length": { head: `POST / HTTP/1.1\r\n${end}Content-Length: ${size}\r\n\r\n`, status: 413 },
    };
    for (const [name, { head, status }] of Object.entries(heads)) {
      const before = seen.length;
      let early = 0;
      const answer = await sendThenRead(port, head, size, () => (early = seen.length - before));
      expect(answer, name).toMatchObject({ status, error: undefined });
      expect(early, "exchanges finished when half of the body was sent").toBe(1);
    }
  });

  test("do not get past skipped paths by writing them differently", async () => {
    const { port } = await run((_request, response) => response.end("ok"), { waf: testWaf(), skip: ["/static/*"] });
    expect(await exchange(port, get("/static/a?q=attack"))).toMatchObject({ status: 200 });
    for (const path of ["/static/../x", "/static/%2e%2e/x", "/static/..%5cx", "/staticx", "/STATIC/a"]) {
      expect(await exchange(port, get(`${path}?q=attack`)), path).toMatchObject({ status: 403 });
    }
  });

  test("of a route have its rules", async () => {
    const other = testWaf('SecRuleEngine On\nSecRule ARGS "@contains other" "id:50,phase:2,deny,status:418"');
    const { port } = await run((_request, response) => response.end("ok"), {
      waf: testWaf(),
      routes: [{ path: "/api/*", waf: other }],
    });
    expect(await exchange(port, get("/api/x?q=attack"))).toMatchObject({ status: 200 });
    expect(await exchange(port, get("/API/x?q=other"))).toMatchObject({ status: 418 });
    expect(await exchange(port, get("/?q=attack"))).toMatchObject({ status: 403 });
  });
});

describe("Expect: 100-continue", () => {
  test("is answered before the body, and not at all when the head is stopped", async () => {
    const server = protectServer(createServer(echo), { waf: testWaf() });
    const port = await listen(server);
    const talk = (headers: string): Promise<string> =>
      new Promise((resolve) => {
        let text = "";
        const socket = connect(port, "127.0.0.1", () => {
          socket.write(
            `POST /${headers} HTTP/1.1\r\n${end}Content-Type: ${form}\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n`,
          );
        });
        socket.on("data", (piece) => {
          text += String(piece);
          if (text === "HTTP/1.1 100 Continue\r\n\r\n") socket.write("a=attack");
        });
        socket.on("error", () => undefined);
        socket.on("close", () => resolve(text));
      });
    const stopped = await talk("./");
    expect(stopped).toMatch(/^HTTP\/1\.1 400/);
    expect(await talk("")).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 403/);
  });
});

describe("responses", () => {
  test("are held only when their type is inspected", async () => {
    const { port } = await run((request, response) => {
      response.writeHead(200, request.url === "/html" ? html : { "content-type": "text/event-stream" });
      response.write("first\n");
      setTimeout(() => response.end("last\n"), 300);
    });
    const firstAfter = (path: string): Promise<number> =>
      new Promise((resolve) => {
        const started = performance.now();
        const socket = connect(port, "127.0.0.1", () => socket.write(get(path)));
        socket.on("data", (piece) => {
          if (String(piece).includes("first")) {
            resolve(performance.now() - started);
            socket.destroy();
          }
        });
      });
    expect(await firstAfter("/events")).toBeLessThan(150);
    expect(await firstAfter("/html")).toBeGreaterThan(250);
  });

  test("look sent to the application while they are held", async () => {
    const seen: unknown[] = [];
    const { port } = await run((_request, response) => {
      response.writeHead(200, html);
      seen.push(response.headersSent);
      try {
        response.setHeader("x-late", "1");
      } catch (error) {
        seen.push((error as { code: string }).code);
      }
      response.write("a", () => seen.push("written"));
      response.end("b", () => seen.push("ended"));
      seen.push(response.writableEnded);
    });
    expect(await exchange(port, get("/"))).toMatchObject({ status: 200, body: "ab" });
    expect(seen).toEqual([true, "ERR_HTTP_HEADERS_SENT", true, "written", "ended"]);
  });

  test("keep all their header lines, status text and length", async () => {
    const { port } = await run((_request, response) => {
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      response.setHeader("X-Gone", "1");
      response.writeHead(203, "Fine", { "Content-Type": "text/html", "x-gone": "2", "Content-Length": 2 });
      response.end("ok");
    });
    const { head, body } = await exchange(port, get("/"));
    expect(head).toMatch(/^HTTP\/1\.1 203 Fine\r\n/);
    expect(head.match(/^set-cookie: .=.\r?$/gim)).toHaveLength(2);
    expect(head).toMatch(/^x-gone: 2\r?$/im);
    expect(body).toBe("ok");
  });

  test("beyond the limit are inspected as far as it goes and flow on", async () => {
    const { port } = await run((_request, response) =>
      response.writeHead(200, html).end(`${"x".repeat(150_000)}secret`),
    );
    const { status, body } = await exchange(port, get("/"));
    expect([status, body.length]).toEqual([200, 150_006]);
  });

  test("written as text and as bytes, in any encoding, are inspected and arrive as they were written", async () => {
    const pieces: readonly [string | Buffer, BufferEncoding?][] = [
      ["plain, "],
      ["Grüße €, "],
      ["Grüße, ", "latin1"],
      [Buffer.from("bytes, ")],
      ["706c61696e2c20", "hex"],
      ["last"],
    ];
    const { port } = await run((request, response) => {
      response.writeHead(200, html);
      for (const [piece, encoding] of pieces) response.write(piece, encoding ?? "utf8");
      // "secret" lies across a text, bytes and a text.
      if (request.url === "/secret")
        void (response.write("se"), response.write(Buffer.from("cr")), response.write("et"));
      response.end();
    });
    const written = pieces.map(([piece, encoding]) =>
      typeof piece === "string" ? Buffer.from(piece, encoding) : piece,
    );
    expect((await exchange(port, get("/"))).body).toBe(Buffer.concat(written).toString("latin1"));
    expect(await exchange(port, get("/secret"))).toMatchObject({ status: 403 });
  });

  test.each([
    ["plain", "OK", "text", "ok"],
    ["plain", "OK", "text", "gr\xfc\xdfe"],
    ["gr\xfc\xdfe", "OK", "text", "ok"],
    ["plain", "Gr\xfc\xdfe", "text", "ok"],
    ["gr\xfc\xdfe", "OK", "bytes", "ok"],
  ])(
    "have the bytes that Node alone would send: header %j, status text %j, %s %j",
    async (header, reason, kind, text) => {
      const answer: RequestListener = (_request, response) => {
        // With its length known Node sends the head together with the text, in the encoding of that.
        response.statusMessage = reason;
        response.setHeaders(
          new Map([
            ["X-Greeting", header],
            ["Content-Type", "text/html"],
            ["Date", "now"],
          ]),
        );
        response.end(kind === "text" ? text : Buffer.from(text));
      };
      const guarded = await exchange((await run(answer)).port, get("/"));
      const lines = ({ head }: { readonly head: string }): string[] => head.split("\r\n").toSorted();
      const alone = await exchange(await listen(createServer(answer)), get("/"));
      expect(lines(guarded)).toEqual(lines(alone));
      expect(guarded.body).toBe(alone.body);
    },
  );

  test("that are compressed are inspected decompressed", async () => {
    const { port } = await run((request, response) => {
      const text = request.url === "/secret" ? "a secret" : "harmless";
      response.writeHead(200, { ...html, "content-encoding": "gzip" }).end(gzipSync(text));
    });
    expect(await exchange(port, get("/secret"))).toMatchObject({ status: 403 });
    expect((await exchange(port, get("/"))).body).toBe(gzipSync("harmless").toString("latin1"));
  });

  test("in a coding nobody can read end in the fault policy", async () => {
    const faults: string[] = [];
    const answer: RequestListener = (_request, response) =>
      response.writeHead(200, { ...html, "content-encoding": "zz" }).end("x");
    const hooks = { fault: (message: string) => void faults.push(message) };
    const blocking = await run(answer, { waf: testWaf(), hooks });
    expect(await exchange(blocking.port, get("/"))).toMatchObject({ status: 500 });
    const passing = await run(answer, { waf: testWaf(), hooks, onFault: "pass" });
    expect(await exchange(passing.port, get("/"))).toMatchObject({ status: 200, body: "x" });
    expect(faults).toEqual(["responses in zz cannot be read", "responses in zz cannot be read"]);
  });

  test("have the body that a function makes of a block", async () => {
    const { port } = await run(echo, {
      waf: testWaf(),
      blockResponse: ({ id }, _request, status) => ({ status, headers: [["X-Block", id]], body: "no" }),
    });
    const { head, body } = await exchange(port, get("/?q=attack"));
    expect(head).toMatch(/^x-block: [A-Za-z0-9]+\r?$/im);
    expect(body).toBe("no");
  });

  test("are left alone in detect mode, which tells what it would have done", async () => {
    const { port, seen } = await run(echo, { waf: testWaf(`${rules}\nSecRuleEngine DetectionOnly`) });
    expect(await exchange(port, get("/?q=attack"))).toMatchObject({ status: 200 });
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]!.decision).toMatchObject({ verdict: "would block", interruption: { ruleId: 1 } });
  });
});

test("an HTTP/2 response is let through without asking for what HTTP/2 does not have", async () => {
  let asked = false;
  const server = createHttp2Server((_request, response) => {
    // Node warns whoever reads it, once in the life of a process.
    Object.defineProperty(response, "statusMessage", { get: () => ((asked = true), "") });
    response.writeHead(200, html).end("ok");
  });
  protectServer(server as never, { waf: testWaf() });
  const client = connectHttp2(`http://127.0.0.1:${await listen(server as unknown as Server)}`);
  cleanUp(() => client.destroy());
  const call = client.request({ ":path": "/" });
  let body = "";
  for await (const piece of call.setEncoding("utf8")) body += String(piece);
  expect([body, asked]).toEqual(["ok", false]);
});

test("HTTP/2 requests and responses are inspected through the compatibility API", async () => {
  const server = createHttp2Server((request, response) => {
    response.setHeader("content-type", "text/html");
    if (request.url === "/secret") response.end("secret");
    else request.pipe(response as unknown as NodeJS.WritableStream);
  });
  protectServer(server as never, { waf: testWaf() });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  cleanUp(() => {
    client.destroy();
    server.close();
  });
  const talk = (headers: Record<string, string>, body?: string): Promise<[number, string]> =>
    new Promise((resolve, reject) => {
      const stream = client.request(headers, { endStream: body === undefined });
      let status = 0;
      let text = "";
      stream.on("response", (answer) => (status = Number(answer[":status"])));
      stream.on("data", (piece: Buffer) => (text += String(piece)));
      stream.on("end", () => resolve([status, text]));
      stream.on("error", reject);
      if (body !== undefined) stream.end(body);
    });
  expect((await talk({ ":path": "/secret" }))[0]).toBe(403);
  expect((await talk({ ":path": "/?q=attack" }))[0]).toBe(403);
  const headers = { ":path": "/", ":method": "POST", "content-type": form };
  expect((await talk(headers, "a=attack"))[0]).toBe(403);
  expect(await talk(headers, `a=${"b".repeat(90_000)}`)).toEqual([200, `a=${"b".repeat(90_000)}`]);
});

test("metrics count verdicts and faults, and rules are replaced while they are in use", async () => {
  const metrics = new WafMetrics();
  let waf = testWaf();
  const { port } = await run(echo, { waf: () => waf, metrics, onFault: "pass", hooks: { fault: () => undefined } });
  expect(await exchange(port, get("/?q=attack"))).toMatchObject({ status: 403 });
  expect(await exchange(port, post("/", form, "a=1"))).toMatchObject({ status: 200 });
  waf = testWaf('SecRuleEngine On\nSecRule ARGS "@contains fresh" "id:80,phase:2,deny,status:418,log"');
  expect(await exchange(port, get("/?q=fresh"))).toMatchObject({ status: 418 });
  const text = await metrics.registry.metrics();
  expect(text).toContain('cuirass_transactions_total{app="default",verdict="blocked"} 2');
  expect(text).toContain('cuirass_rule_matches_total{rule_id="80"} 1');
});
