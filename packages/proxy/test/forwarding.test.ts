import { gunzipSync, gzipSync } from "node:zlib";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { close, exchange, eventually, rules, settingsFor, startApplication, startProxy } from "./support.ts";

/** Answers with what it was asked, as JSON. */
async function echo() {
  return startApplication((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method, url, rawHeaders, rawTrailers } = request;
      const body = Buffer.concat(pieces).toString("latin1");
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ method, url, headers: rawHeaders, trailers: rawTrailers, body }));
    });
  });
}

interface Seen {
  readonly url: string;
  readonly headers: string[];
  readonly trailers: string[];
  readonly body: string;
}

const seenIn = (response: string): Seen =>
  JSON.parse(Buffer.from(response.slice(response.indexOf("\r\n\r\n") + 4), "latin1").toString()) as Seen;
const valueOf = ({ headers }: Seen, name: string): string | undefined => {
  const at = headers.findIndex((key, index) => index % 2 === 0 && key.toLowerCase() === name);
  return at < 0 ? undefined : headers[at + 1];
};

test("what strangers say about the client is replaced, what a trusted proxy says is kept", async () => {
  const app = await echo();
  const said = `X-Forwarded-For: 192.0.2.1, 198.51.100.7\r\nX-Forwarded-Proto: https\r\nX-Request-Id: abc-1\r\nX-Real-IP: 1.1.1.1\r\n`;
  const strange = await startProxy(settingsFor([app.url]));
  const first = seenIn(await exchange(strange.port, `GET / HTTP/1.1\r\n${said}${close}`));
  expect(valueOf(first, "x-forwarded-for")).toBe("127.0.0.1");
  expect(valueOf(first, "x-forwarded-proto")).toBe("http");
  expect(valueOf(first, "x-real-ip")).toBeUndefined();
  expect(valueOf(first, "x-request-id")).toMatch(/^\w{20}$/);
  expect(strange.records[0]!.client).toBe("127.0.0.1");

  const trusting = await startProxy(settingsFor([app.url], { trustedProxies: ["127.0.0.0/8", "198.51.100.0/24"] }));
  const second = seenIn(await exchange(trusting.port, `GET / HTTP/1.1\r\n${said}${close}`));
  expect(valueOf(second, "x-forwarded-for")).toBe("192.0.2.1, 198.51.100.7, 127.0.0.1");
  expect(valueOf(second, "x-forwarded-proto")).toBe("https");
  expect(valueOf(second, "x-request-id")).toBe("abc-1");
  expect(trusting.records[0]!.client).toBe("192.0.2.1");
});

test("rules see the client's address, which only a trusted proxy can tell", async () => {
  const app = await echo();
  const lie = `GET / HTTP/1.1\r\nX-Forwarded-For: 192.0.2.66\r\n${close}`;
  expect(await exchange((await startProxy(settingsFor([app.url]))).port, lie)).toMatch(/^HTTP\/1\.1 200/);
  const trusting = await startProxy(settingsFor([app.url], { trustedProxies: ["127.0.0.1"] }));
  expect(await exchange(trusting.port, lie)).toMatch(/^HTTP\/1\.1 403/);
});

test("an absolute target goes on in origin form, and headers of the connection stay behind", async () => {
  const app = await echo();
  const { port } = await startProxy(settingsFor([app.url]));
  const seen = seenIn(
    await exchange(
      port,
      "GET http://example.com?x=1 HTTP/1.1\r\nHost: example.com\r\nKeep-Alive: 5\r\nX-Hop: 1\r\nUpgrade: h2c\r\nConnection: close, X-Hop, Upgrade\r\n\r\n",
    ),
  );
  expect(seen.url).toBe("/?x=1");
  for (const name of ["keep-alive", "x-hop", "upgrade"]) expect(valueOf(seen, name)).toBeUndefined();
  expect(valueOf(seen, "connection")).toBe("keep-alive");
});

test("trailers are inspected and go on; some never do", async () => {
  const app = await echo();
  const { port } = await startProxy(settingsFor([app.url]));
  const send = (trailer: string): Promise<string> =>
    exchange(port, `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${close}3\r\nabc\r\n0\r\n${trailer}\r\n\r\n`);
  expect(seenIn(await send("X-Trailer: fine\r\nAuthorization: forged")).trailers).toEqual(["X-Trailer", "fine"]);
  expect(await send("X-Trailer: attack")).toMatch(/^HTTP\/1\.1 403/);
});

test("a client that waits for 100 gets it, and none when its head is refused", async () => {
  const app = await echo();
  const { port } = await startProxy(settingsFor([app.url]));
  const head = "POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n";
  const answers = await new Promise<string[]>((resolve) => {
    const got: string[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(head + close));
    socket.on("data", (piece) => {
      got.push(piece.toString());
      if (got.length === 1) socket.write("abc");
    });
    socket.on("close", () => resolve(got));
  });
  expect(answers[0]).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  expect(seenIn(answers.slice(1).join("")).body).toBe("abc");
  expect(await exchange(port, `${head}X-Drop: yes\r\n${close}`)).toBe("");
});

test("compressed requests: inspected unpacked, passed on as they came, refused where they cannot be read", async () => {
  const app = await echo();
  const { port } = await startProxy(settingsFor([app.url]));
  const send = (body: Buffer, coding: string, to = port): Promise<string> =>
    exchange(
      to,
      Buffer.concat([
        Buffer.from(
          `POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n${close}`,
        ),
        body,
      ]),
    );
  const harmless = gzipSync("x=1");
  expect(seenIn(await send(harmless, "gzip")).body).toBe(harmless.toString("latin1"));
  expect(await send(gzipSync("x=attack"), "gzip")).toMatch(/^HTTP\/1\.1 403/);
  expect(await send(Buffer.from("not gzip"), "gzip")).toMatch(/^HTTP\/1\.1 415/);
  expect(await send(harmless, "zstd")).toMatch(/^HTTP\/1\.1 415/);
  expect(await send(harmless, "gzip, gzip")).toMatch(/^HTTP\/1\.1 415/);
  // 100 MB of zeros in 100 KB: the limit of the body is met, not the memory.
  expect(await send(gzipSync(Buffer.alloc(100_000_000)), "gzip")).toMatch(/^HTTP\/1\.1 413/);
  const base = settingsFor([app.url]);
  const refusing = await startProxy({ ...base, policy: { ...base.policy, compressedRequests: "refuse" } });
  expect(await send(harmless, "gzip", refusing.port)).toMatch(/^HTTP\/1\.1 415/);
});

test("compressed responses: inspected unpacked, passed on as they came", async () => {
  const app = await startApplication((request, response) => {
    const body = request.url === "/secret" ? "a secret page" : "a page";
    const broken = request.url === "/broken";
    response.setHeader("content-type", "text/html");
    response.setHeader("content-encoding", "gzip");
    response.setHeader("x-accept", request.headers["accept-encoding"] ?? "");
    response.end(broken ? "not gzip" : gzipSync(body));
  });
  const { port, faults } = await startProxy(settingsFor([app.url]));
  const get = (path: string): Promise<string> =>
    exchange(port, `GET ${path} HTTP/1.1\r\nAccept-Encoding: zstd, gzip;q=0.5, br\r\n${close}`);
  const page = await get("/");
  expect(page).toContain("x-accept: gzip;q=0.5, br");
  const body = Buffer.from(page.slice(page.indexOf("\r\n\r\n") + 4), "latin1");
  expect(gunzipSync(body).toString()).toBe("a page");
  expect(await get("/secret")).toMatch(/^HTTP\/1\.1 500/);
  expect(await get("/broken")).toMatch(/^HTTP\/1\.1 500/);
  expect(faults).toEqual(["response-coding block"]);
});

test("events of a stream come one by one, though their type is on the list", async () => {
  const app = await startApplication((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: 1\n\n");
    setTimeout(() => response.end("data: 2\n\n"), 2000);
  });
  const { port } = await startProxy(settingsFor([app.url]), {
    directives: rules.replace("text/html", "text/html text/event-stream"),
  });
  const seen = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(`GET / HTTP/1.1\r\n${close}`));
    socket.on("data", (piece) => {
      text += piece.toString();
      if (text.includes("data: 1")) resolve(text);
    });
  });
  expect(seen).not.toContain("data: 2");
});

test("a response is held up to the limit and flows behind it", async () => {
  const app = await startApplication((request, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.write("x".repeat(60_000));
    setTimeout(() => response.end(request.url === "/late" ? "secret" : "end"), 200);
  });
  const { port } = await startProxy(settingsFor([app.url]));
  expect(await exchange(port, `GET / HTTP/1.1\r\n${close}`)).toContain("end");
  // Behind the limit nothing is inspected, as SecResponseBodyLimitAction says.
  expect(await exchange(port, `GET /late HTTP/1.1\r\n${close}`)).toContain("secret");
});

test("a connection is reused, pipelined requests are answered in order, HEAD has no body", async () => {
  const app = await echo();
  const { port, records } = await startProxy(settingsFor([app.url]));
  const response = await exchange(
    port,
    `HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /3 HTTP/1.1\r\n${close}`,
  );
  expect(response.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  expect(records.map(({ target, status }) => [target, status])).toEqual([
    ["/1", 200],
    ["/2", 200],
    ["/3", 200],
  ]);
});

test("settings can be replaced while connections are open", async () => {
  const [one, two] = [
    await startApplication((_request, response) => response.end("one")),
    await startApplication((_request, response) => response.end("two")),
  ];
  const { port, proxy } = await startProxy(settingsFor([one.url]));
  const socket = connect(port, "127.0.0.1");
  const got: string[] = [];
  socket.on("data", (piece) => got.push(piece.toString()));
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await eventually(() => expect(got.join("")).toContain("one"));
  proxy.update(settingsFor([two.url]));
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await eventually(() => expect(got.join("")).toMatch(/one[^]*two/));
  socket.destroy();
});

test("replacing settings breaks no request that is under way", async () => {
  let arrived = false;
  const app = await startApplication((_request, response) => {
    arrived = true;
    setTimeout(() => response.end("late"), 500);
  });
  const { port, proxy } = await startProxy(settingsFor([app.url]));
  const running = exchange(port, `GET / HTTP/1.1\r\n${close}`);
  await eventually(() => expect(arrived).toBe(true));
  proxy.update(settingsFor([app.url]));
  expect(await running).toContain("late");
});
