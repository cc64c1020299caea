// What every HTTP connector must do: checks against a running application with the paths of examples/README.md.
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import WebSocket from "ws";
import { sleep } from "../e2e/programs.mjs";
import { keepAlive, send, talk, upload } from "./client.mjs";

const script = "%3Cscript%3Ealert(document.cookie)%3C/script%3E";
const form = { "content-type": "application/x-www-form-urlencoded" };
const json = { "content-type": "application/json" };
const attack = "1' UNION SELECT username, password FROM users-- -";

export function equal(got, expected, what) {
  if (got !== expected) throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
}

function multipart(value) {
  const body = `--B0undary\r\nContent-Disposition: form-data; name="note"\r\n\r\n${value}\r\n--B0undary--\r\n`;
  return { method: "POST", headers: { "content-type": "multipart/form-data; boundary=B0undary" }, body };
}

/** Checks by name. `can` says what a subject has besides plain HTTP/1.1: "websocket", "http2", "raw" (connection-level). */
export const checks = [
  {
    name: "a benign page and its response",
    async run({ port }) {
      const { status, text } = await send(port, "/?name=anna&page=2");
      equal(status, 200, "status");
      equal(text.includes("<h1>Hello</h1>"), true, "the page");
    },
  },
  {
    name: "benign form and JSON reach the framework's parser",
    async run({ port }) {
      const post = { method: "POST" };
      const byForm = await send(port, "/items", { ...post, headers: form, body: "name=Anna+M&town=K%C3%B6ln" });
      equal(byForm.text, '{"name":"Anna M","town":"Köln"}', "form");
      const byJson = await send(port, "/items", { ...post, headers: json, body: '{"name":"Anna","n":[1,true,null]}' });
      equal(byJson.text, '{"name":"Anna","n":[1,true,null]}', "JSON");
    },
  },
  {
    name: "blocked by URI",
    run: async ({ port }) => equal((await send(port, `/?q=${script}`)).status, 403, "status"),
  },
  {
    name: "blocked by a header",
    run: async ({ port }) =>
      equal((await send(port, "/", { headers: { "user-agent": "sqlmap/1.8" } })).status, 403, "status"),
  },
  {
    name: "blocked by a form",
    run: async ({ port }) =>
      equal(
        (await send(port, "/items", { method: "POST", headers: form, body: `id=${encodeURIComponent(attack)}` }))
          .status,
        403,
        "status",
      ),
  },
  {
    name: "blocked by JSON",
    run: async ({ port }) =>
      equal(
        (await send(port, "/items", { method: "POST", headers: json, body: JSON.stringify({ a: [{ id: attack }] }) }))
          .status,
        403,
        "status",
      ),
  },
  {
    name: "blocked by multipart; the benign one passes",
    async run({ port }) {
      equal((await send(port, "/upload", multipart(attack))).status, 403, "attack");
      const { status, text } = await send(port, "/upload", multipart("a quiet note"));
      equal(Math.floor(status / 100), 2, "benign");
      equal(JSON.parse(text).bytes, multipart("a quiet note").body.length, "bytes that the application got");
    },
  },
  {
    name: "blocked by a compressed form",
    async run({ port }) {
      const headers = { ...form, "content-encoding": "gzip" };
      const body = gzipSync(`id=${encodeURIComponent(attack)}`);
      equal((await send(port, "/items", { method: "POST", headers, body })).status, 403, "status");
    },
  },
  {
    name: "blocked by a response, of which nothing leaves",
    async run({ port }) {
      const { status, text } = await send(port, "/leak");
      equal(status, 403, "status");
      equal(text.includes("SQL syntax"), false, "the leak in the answer");
    },
  },
  {
    name: "a block is a page with an id, or JSON for who asks for it",
    async run({ port }) {
      const page = await send(port, `/?q=${script}`);
      equal(page.headers["content-type"], "text/html; charset=utf-8", "type");
      const answer = await send(port, `/?q=${script}`, { headers: { accept: "application/json" } });
      const { status, requestId } = JSON.parse(answer.text);
      equal(status, 403, "status in JSON");
      equal(/^[A-Za-z0-9]{8,}$/.test(requestId), true, `id ${requestId}`);
      equal(answer.headers["x-request-id"], requestId, "header x-request-id");
    },
  },
  {
    name: "the decision is on the request",
    async run({ port }) {
      const decision = JSON.parse((await send(port, "/decision")).text);
      equal(decision.verdict, "passed", "verdict");
      equal(typeof decision.id, "string", "id");
      equal(Array.isArray(decision.matchedRules), true, "matchedRules");
    },
  },
  {
    name: "skipped paths are not inspected; the same path written differently is",
    async run({ port }) {
      equal((await send(port, `/health?q=${script}`)).status, 404, "skipped");
      if ((await send(port, `/health/..;/?q=${script}`)).status !== 403) throw new Error("a way around");
    },
  },
  {
    name: "oversize: 413",
    run: async ({ port }) => equal((await upload(port, "/items", 2_000_000)).status, 413, "status"),
  },
  {
    name: "an upload of 1 GB flows with flat memory",
    async run({ port, rssMiB }) {
      const size = 1_000_000_000;
      const before = rssMiB();
      let most = before;
      let last = 0;
      const { status, text } = await upload(port, "/upload", size, (sent) => {
        if (sent - last < 50_000_000) return;
        last = sent;
        most = Math.max(most, rssMiB());
      });
      equal(Math.floor(status / 100), 2, `status (${text})`);
      equal(JSON.parse(text).bytes, size, "bytes that the application got");
      if (most - before > 150) throw new Error(`memory grew by ${Math.round(most - before)} MiB`);
      return `memory grew by ${Math.round(most - before)} MiB`;
    },
  },
  {
    name: "an aborted upload leaves nothing behind",
    async run({ port }) {
      for (let round = 0; round < 5; round++) {
        const socket = connect(port, "127.0.0.1");
        socket.on("error", () => undefined);
        socket.write(
          "POST /upload HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/5.0\r\nContent-Length: 100000\r\n\r\nabc",
        );
        await sleep(20);
        socket.destroy();
      }
      equal((await send(port, "/")).status, 200, "the next request");
    },
  },
  {
    name: "a connection is used again, after a block too",
    async run({ port }) {
      const agent = keepAlive();
      const first = await send(port, "/", { agent });
      const blocked = await send(port, `/?q=${script}`, { agent });
      const post = await send(port, "/items", { agent, method: "POST", headers: form, body: "a=1" });
      agent.destroy();
      equal([first.status, blocked.status, post.status].join(), "200,403,200", "statuses");
      equal(first.local === blocked.local && blocked.local === post.local, true, "one connection");
    },
  },
  {
    name: "header lines and target reach the rules unmerged and raw",
    can: "raw",
    async run({ port }) {
      const head = "Host: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nConnection: close\r\n";
      const hidden = await talk(port, `GET /a/%2e%2e/%252e%252e/etc/passwd HTTP/1.1\r\n${head}\r\n`);
      equal(hidden.slice(9, 12), "403", "a target that servers normalise");
      const cookies = `Cookie: a=1\r\nCookie: b=${script}\r\n`;
      const second = await talk(port, `GET / HTTP/1.1\r\n${head}${cookies}\r\n`);
      equal(second.slice(9, 12), "403", "the second of two header lines");
    },
  },
  {
    name: "trailers are inspected",
    can: "raw",
    async run({ port }) {
      const head = "Host: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nConnection: close\r\n";
      const chunked = `POST /upload HTTP/1.1\r\n${head}Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n`;
      const bad = await talk(port, `${chunked}Referer: http://x/?q=<script>alert(1)</script>\r\n\r\n`);
      equal(bad.slice(9, 12), "403", "status");
      equal((await talk(port, `${chunked}\r\n`)).slice(9, 10), "2", "without trailers");
    },
  },
  {
    name: "Expect: 100-continue is answered, and what follows is inspected",
    can: "raw",
    async run({ port }) {
      const head = "Host: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nConnection: close\r\n";
      const ask = async (body) => {
        const length = `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n`;
        let sent = false;
        return talk(port, `POST /items HTTP/1.1\r\n${head}${length}Expect: 100-continue\r\n\r\n`, {
          onData: (text, socket) => {
            if (sent || !text.startsWith("HTTP/1.1 100")) return;
            sent = true;
            socket.write(body);
          },
        });
      };
      const benign = await ask("a=1");
      equal(/^HTTP\/1\.1 100 [^]*\r\n\r\nHTTP\/1\.1 20[01] /.test(benign), true, `benign: ${benign.slice(0, 80)}`);
      const bad = await ask(`a=${script}`);
      equal(/^HTTP\/1\.1 100 [^]*\r\n\r\nHTTP\/1\.1 403 /.test(bad), true, `attack: ${bad.slice(0, 80)}`);
    },
  },
  {
    name: "the first of server-sent events within 100 ms",
    async run({ port }) {
      let first = Infinity;
      // The best of three: a busy machine delays the one or the other.
      for (let attempt = 0; attempt < 3 && first > 100; attempt++) {
        const started = performance.now();
        const head = "Host: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nAccept: text/event-stream\r\n";
        let seen = false;
        const all = await talk(port, `GET /events HTTP/1.1\r\n${head}Connection: close\r\n\r\n`, {
          onData: (text) => {
            if (!seen && text.includes("data: first")) first = Math.min(first, performance.now() - started);
            seen ||= text.includes("data: first");
          },
        });
        equal(all.includes("data: last"), true, "the last event");
      }
      if (first > 100) throw new Error(`the first event took ${Math.round(first)} ms`);
      return `first event after ${Math.round(first)} ms`;
    },
  },
  {
    name: "long polling",
    async run({ port }) {
      const { status, text } = await send(port, "/slow");
      equal(`${status} ${text}`, "200 done", "answer");
    },
  },
  {
    name: "WebSocket: echo, opening request inspected, no way around by half a handshake",
    can: "websocket",
    async run({ port }) {
      equal(await webSocket(port, "/socket"), "echo hello", "echo");
      equal(await webSocket(port, `/socket?q=${script}`), "403", "an attack in the opening request");
      const half =
        "GET /socket HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
      equal((await talk(port, half, { until: "\r\n\r\n" })).slice(9, 12), "400", "half a handshake");
    },
  },
];

/** The checks over HTTP/2. */
export const http2Checks = [
  {
    name: "HTTP/2: benign, URI, form and response",
    async run({ port }) {
      const client = connectHttp2(`http://127.0.0.1:${port}`);
      const ask = (path, headers = {}, body = undefined) =>
        new Promise((resolve, reject) => {
          const common = { ":path": path, "user-agent": "Mozilla/5.0", accept: "*/*" };
          const stream = client.request({ ...common, ...headers }, { endStream: body === undefined });
          let status = 0;
          let text = "";
          stream.on("response", (answer) => (status = answer[":status"]));
          stream.on("data", (piece) => (text += piece));
          stream.on("end", () => resolve({ status, text }));
          stream.on("error", reject);
          if (body !== undefined) stream.end(body);
        });
      try {
        equal((await ask("/")).text.includes("<h1>Hello</h1>"), true, "the page");
        const [uri, response, post, bad] = await Promise.all([
          ask(`/?q=${script}`),
          ask("/leak"),
          ask("/items", { ":method": "POST", ...form }, "a=1"),
          ask("/items", { ":method": "POST", ...form }, `id=${encodeURIComponent(attack)}`),
        ]);
        equal([uri.status, response.status, post.text, bad.status].join(), '403,403,{"a":"1"},403', "answers");
        const big = await ask("/upload", { ":method": "POST", "content-type": "text/x" }, "x".repeat(3_000_000));
        equal(JSON.parse(big.text).bytes, 3_000_000, "bytes of an upload");
      } finally {
        client.destroy();
      }
    },
  },
];

function webSocket(port, path) {
  return new Promise((resolve, reject) => {
    const headers = { "user-agent": "Mozilla/5.0", accept: "*/*" };
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers, handshakeTimeout: 5000 });
    socket.on("open", () => socket.send("hello"));
    socket.on("message", (text) => {
      resolve(String(text));
      socket.close();
    });
    socket.on("unexpected-response", (_request, response) => resolve(String(response.statusCode)));
    socket.on("error", reject);
  });
}
