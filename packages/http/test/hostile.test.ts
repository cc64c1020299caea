import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { deflateRawSync, gzipSync } from "node:zlib";
import { createWaf } from "@cuirass/engine";
import { createNodeHost } from "@cuirass/node";
import { describe, expect, test } from "vitest";
import type { HttpDecision, HttpOptions } from "@cuirass/http";
import { cuirass as fetchWaf } from "@cuirass/http/fetch";
import { cuirass, protectServer } from "@cuirass/http/node-http";
import { readAll } from "./apps.ts";
import { cleanUp, end, exchange, get, listen, post, rules, testWaf } from "./support.ts";

const form = "application/x-www-form-urlencoded";
const quiet = { blocked: () => undefined };

const ok: RequestListener = (_request, response) => void response.end("ok");

function run(options: HttpOptions, listener = ok): Promise<number> {
  return listen(createServer(cuirass(listener, { hooks: quiet, ...options })));
}

describe("compressed requests are no way around inspection", () => {
  test("by a long beginning that decompresses to nothing", async () => {
    // gzip header, 70,000 empty stored blocks of 5 bytes, then the attack.
    const empty = Buffer.from([0, 0, 0, 0xff, 0xff]);
    const blocks = Buffer.concat(Array.from({ length: 70_000 }, () => empty));
    const body = Buffer.concat([gzipSync("").subarray(0, 10), blocks, deflateRawSync("a=attack"), Buffer.alloc(8)]);
    const port = await run({ waf: testWaf() });
    const request = post("/", form, body.toString("latin1"), "Content-Encoding: gzip\r\n");
    expect(await exchange(port, request)).toMatchObject({ status: 413 });
  });

  test("by a second header line, or a second coding", async () => {
    const port = await run({ waf: testWaf() });
    const twice = gzipSync(gzipSync("a=attack")).toString("latin1");
    const once = gzipSync("a=attack").toString("latin1");
    const hidden = "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n";
    expect(await exchange(port, post("/", form, once, hidden))).toMatchObject({ status: 403 });
    for (const headers of [
      "Content-Encoding: gzip, gzip\r\n",
      "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n",
    ]) {
      const { status } = await exchange(port, post("/", form, twice, headers));
      expect([403, 415], headers).toContain(status);
    }
  });

  test("and are let through as they are where no rule reads bodies", async () => {
    const port = await run({ waf: testWaf("SecRuleEngine On\nSecRequestBodyAccess Off") });
    const request = post("/", form, "xyz", "Content-Encoding: zz\r\n");
    expect(await exchange(port, request)).toMatchObject({ status: 200 });
  });
});

describe("a body is inspected whatever number of headers announces it", () => {
  const numbered = (count: number): string => "a:\r\n".repeat(count);
  const framings: readonly [name: string, announcement: string, body: string][] = [
    ["a length", "Content-Length: 8\r\n", "a=attack"],
    ["chunks", "Transfer-Encoding: chunked\r\n", "8\r\na=attack\r\n0\r\n\r\n"],
  ];

  test.each(framings)("with %s after more headers than Node keeps", async (_name, announcement, body) => {
    const heads = [0, 990, 998, 1000, 1500, 2000].map(
      (count) => `POST / HTTP/1.1\r\n${end}Content-Type: ${form}\r\n${numbered(count)}${announcement}\r\n${body}`,
    );
    const port = await run({ waf: testWaf() });
    for (const head of heads) expect((await exchange(port, head)).status).toBe(403);
  });

  test.each(framings)(
    "with %s after more headers than the server is set to keep",
    async (_name, announcement, body) => {
      const server = createServer(cuirass(ok, { hooks: quiet, waf: testWaf() }));
      server.maxHeadersCount = 10;
      const port = await listen(server);
      for (const count of [0, 7, 8, 9, 50]) {
        const head = `POST / HTTP/1.1\r\n${end}Content-Type: ${form}\r\n${numbered(count)}${announcement}\r\n${body}`;
        expect((await exchange(port, head)).status).toBe(403);
      }
    },
  );

  test("and requests without a body and with as many headers go on", async () => {
    const port = await run({ waf: testWaf() });
    for (const count of [998, 1500]) {
      expect(await exchange(port, `GET / HTTP/1.1\r\n${end}${numbered(count)}\r\n`)).toMatchObject({ status: 200 });
    }
  });
});

describe("what an application or a rule gets wrong does not end the process", () => {
  test("a redirect target with a line feed of the client", async () => {
    const rule = 'SecRule ARGS:to "@rx ." "id:70,phase:1,redirect:/x?%{ARGS.to},status:302,log"';
    const port = await run({ waf: testWaf(`${rules}\n${rule}`) });
    const split = await exchange(port, get("/?to=a%0d%0aSet-Cookie:b"));
    expect(split.status).toBeGreaterThan(300);
    expect(split.head).not.toMatch(/^set-cookie:/im);
    expect(await exchange(port, get("/?to=a"))).toMatchObject({ status: 302 });
  });

  test("a block response that cannot be sent", async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    for (const blockResponse of [
      () => ({ status: 42, headers: [], body: "" }),
      () => ({ status: 403, headers: [["X", "a\r\nb"] as const], body: "" }),
      () => {
        throw new Error("broken");
      },
    ]) {
      const port = await run({ waf: testWaf(), blockResponse, onError });
      expect(await exchange(port, get("/?q=attack"))).toMatchObject({ status: 403 });
    }
    expect(errors).toHaveLength(3);
  });

  test("predicates and hooks that throw", async () => {
    const errors: string[] = [];
    const broken = (): never => {
      throw new Error("broken");
    };
    const port = await run({
      waf: testWaf(),
      skip: broken,
      clientAddress: broken,
      hooks: { decision: broken, blocked: broken },
      onError: (error) => void errors.push((error as Error).message),
    });
    expect(await exchange(port, get("/?q=attack"))).toMatchObject({ status: 403 });
    await expect.poll(() => errors).toEqual(["broken", "broken", "broken", "broken"]);
  });
});

test("options that do not exist or mean nothing are refused, all at once", () => {
  const wrong = { mod: "block", onFault: "pas", routes: [{ path: "/x", rulez: "y" }], hooks: { bloked: 1 } };
  expect(() => cuirass(ok, wrong as never)).toThrow(
    /mod: there is no such option; did you mean mode\?\n.*onFault: expected block or pass, got "pas"\n.*hooks\.bloked: .*blocked.*\n.*routes\[0\]\.rulez: .*rules/,
  );
});

describe("ways past the request listener are guarded too", () => {
  test("CONNECT", async () => {
    const server = protectServer(createServer(ok), { waf: testWaf(), hooks: quiet });
    server.on("connect", (_request, socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n"));
    const port = await listen(server);
    expect(await exchange(port, `CONNECT a:1 HTTP/1.1\r\n${end}X-Test: x\r\n\r\n`)).toMatchObject({ status: 200 });
    expect(await exchange(port, `CONNECT a:1 HTTP/1.1\r\n${end}X-Test: attack\r\n\r\n`)).toMatchObject({ status: 403 });
  });

  test("listeners for expectations of the application's own", async () => {
    const server = protectServer(createServer(ok), { waf: testWaf(), hooks: quiet });
    server.on("checkExpectation", ok);
    server.on("checkContinue", (_request, response) => response.end("mine"));
    const port = await listen(server);
    for (const expectation of ["100-continue", "other"]) {
      const status = async (query: string): Promise<number> =>
        (await exchange(port, get(`/?q=${query}`, `Expect: ${expectation}\r\n`))).status;
      expect(await status("attack"), expectation).toBe(403);
      expect(await status("1"), expectation).toBe(200);
    }
  });

  test('"stream" listeners of HTTP/2 are refused', () => {
    const server = protectServer(createHttp2Server() as unknown as Server, { waf: testWaf() });
    expect(() => server.on("stream", () => undefined)).toThrow(/has not seen/);
    const early = createHttp2Server().on("stream", () => undefined);
    expect(() => protectServer(early as never, { waf: testWaf() })).toThrow(/has not seen/);
  });

  test("an incomplete WebSocket handshake is only refused in block mode", async () => {
    const server = protectServer(createServer(ok), { waf: testWaf("SecRuleEngine DetectionOnly") });
    server.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\nhello"));
    const port = await listen(server);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1", () =>
        socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
      );
      socket.on("data", (piece) => resolve(String(piece)));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 101/);
  });
});

describe("gRPC", () => {
  const start = async (): Promise<ReturnType<typeof connectHttp2>> => {
    const server = createHttp2Server((request, response) => {
      response.writeHead(200, { "content-type": "application/grpc" });
      response.stream.once("wantTrailers", () => undefined);
      request.pipe(response as unknown as NodeJS.WritableStream);
    });
    protectServer(server as never, { waf: testWaf(), hooks: quiet });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    cleanUp(() => {
      client.destroy();
      server.close();
    });
    return client;
  };
  const head = { ":method": "POST", ":path": "/echo.Echo/Talk", "content-type": "application/grpc", te: "trailers" };

  test("messages of a call flow in both directions at once", async () => {
    const call = (await start()).request(head, { endStream: false });
    const received = new Promise<string>((resolve) =>
      call.once("data", (piece: Buffer) => resolve(piece.toString("latin1"))),
    );
    call.write("\0\0\0\0\x05hello");
    expect(await received).toBe("\0\0\0\0\x05hello");
    call.close();
  });

  test("the head of a call is inspected", async () => {
    const call = (await start()).request({ ...head, "x-test": "attack" }, { endStream: false });
    const status = await new Promise((resolve) => call.once("response", (headers) => resolve(headers[":status"])));
    expect(status).toBe(403);
    call.close();
  });

  test("one mark of a call alone does not take a body past inspection", async () => {
    const port = await run({
      waf: testWaf(
        'SecRuleEngine On\nSecRequestBodyAccess On\nSecAction "id:1,phase:1,pass,nolog,ctl:forceRequestBodyVariable=On"\nSecRule REQUEST_BODY "@contains attack" "id:2,phase:2,deny,status:403"',
      ),
    });
    const request = post("/", "application/grpc", "attack", "TE: trailers\r\n");
    expect(await exchange(port, request)).toMatchObject({ status: 403 });
  });
});

describe("a disk that is full", () => {
  const full = (): never => {
    throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  };
  const fullDisk = (after: number): HttpOptions["waf"] => {
    let written = 0;
    const tempStorage = {
      create: () => ({
        path: "x",
        append: (bytes: Uint8Array) => {
          written += bytes.length;
          if (written > after) full();
        },
        read: () => full(),
        close: () => undefined,
      }),
    };
    return createWaf({ directives: rules, host: createNodeHost({ tempStorage }) });
  };
  const big = post("/", "application/octet-stream", "x".repeat(200_000));
  const listener: RequestListener = (request, response) =>
    void readAll(request).then(
      (body) => response.end(String(body.length)),
      () => undefined,
    );

  test.each([0, 150_000])("after %d bytes ends in the fault policy, and in a line for the log", async (after) => {
    const faults: string[] = [];
    const hooks = { ...quiet, fault: (message: string) => void faults.push(message) };
    const port = await run({ waf: fullDisk(after)!, hooks }, listener);
    expect((await exchange(port, big)).status).toBe(500);
    expect(faults.join()).toMatch(/ENOSPC/);
    expect(await exchange(port, get("/"))).toMatchObject({ status: 200 });
  });

  test("never hands on a body with a piece missing, whatever the policy", async () => {
    const port = await run(
      { waf: fullDisk(150_000)!, onFault: "pass", hooks: { ...quiet, fault: () => undefined } },
      listener,
    );
    const { status, body } = await exchange(port, big);
    expect([
      [0, ""],
      [200, "200000"],
    ]).toContainEqual([status, body]);
  });
});

test("a Fetch handler may answer with the request's own body, which is still held then", async () => {
  const seen: [HttpDecision, number][] = [];
  const handler = fetchWaf((request: Request) => new Response(request.body), {
    waf: testWaf(),
    hooks: { decision: (decision, _request, status) => void seen.push([decision, status]) },
  });
  const body = "z".repeat(200_000);
  const request = new Request("http://example.com/", { method: "POST", body, headers: { "content-type": "text/x" } });
  const response = await handler(request);
  expect((await response.text()) === body).toBe(true);
  await expect.poll(() => seen.length).toBe(1);
});
