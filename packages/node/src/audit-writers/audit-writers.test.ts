import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import type { AuditEntry } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AuditSinkOptions, NodeAuditSink } from "./index.ts";
import { createNodeHost } from "../host.ts";
import { createAuditSink, supportedAuditWriters } from "./index.ts";

// A busy machine is no broken one.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let directory: string;
let sink: NodeAuditSink;
const closers: (() => void)[] = [];
const counts = { written: 0, retried: 0, lost: 0 };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuirass-audit-"));
  counts.written = counts.retried = counts.lost = 0;
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await sink.close(100);
  rmSync(directory, { recursive: true, force: true });
});

function open(options: AuditSinkOptions = {}): NodeAuditSink {
  return (sink = createAuditSink({ ...options, onEntries: (_writer, result, entries) => (counts[result] += entries) }));
}

function entry(writer: string, target: string, text = "{}", interrupted = false): AuditEntry {
  const common = { directory, fileMode: 0o600, directoryMode: 0o700, mimeType: "application/json; charset=utf-8" };
  return { ...common, writer, target, text, transactionId: "tx", startMs: 0, interrupted, indexLine: "index" };
}

async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 2000 && !condition(); round++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
}

const listen = (server: Server, at: number | string = 0): Promise<number> =>
  new Promise((resolve) => {
    server.listen(at, () => resolve((server.address() as AddressInfo).port));
    closers.push(() => server.close());
  });

describe("files", () => {
  test("are opened anew after rotation, and no entry is lost", async () => {
    const path = join(directory, "audit.log");
    open();
    sink.write(entry("serial", path, "before"));
    await until(() => counts.written === 1);
    renameSync(path, `${path}.1`);
    sink.reopen();
    sink.write(entry("serial", path, "after"));
    await until(() => counts.written === 2);
    expect(readFileSync(`${path}.1`, "utf8")).toBe("before\n");
    expect(readFileSync(path, "utf8")).toBe("after\n");
  });

  test("that cannot be written are tried again; what the queue cannot hold is counted", async () => {
    const path = join(directory, "later", "audit.log");
    open({ queue: { entries: 3 } });
    for (let number = 0; number < 5; number++) sink.write(entry("serial", path, String(number)));
    await until(() => counts.retried > 0);
    expect(counts.lost).toBe(2);
    expect(sink.length).toBe(3);
    execFileSync("mkdir", [join(directory, "later")]);
    await until(() => counts.written === 3);
    expect(readFileSync(path, "utf8")).toBe("0\n1\n2\n");
  });

  test("a full queue can drop what has waited longest instead", async () => {
    const path = join(directory, "later", "audit.log");
    open({ queue: { entries: 3, drop: "oldest" } });
    for (let number = 0; number < 5; number++) sink.write(entry("serial", path, String(number)));
    execFileSync("mkdir", [join(directory, "later")]);
    await until(() => counts.written === 3);
    expect(counts.lost).toBe(2);
    expect(readFileSync(path, "utf8")).toBe("2\n3\n4\n");
  });

  test("that may not be written are not tried again, and the entries can go elsewhere", async () => {
    const spilt: string[] = [];
    open({ spill: ({ text }) => spilt.push(text) });
    sink.write(entry("serial", directory, "to a folder"));
    await until(() => counts.lost === 1);
    expect(spilt).toEqual(["to a folder"]);
    expect(counts.retried).toBe(0);
  });

  test("are complete when a process ends without closing", () => {
    sink = createAuditSink();
    const path = join(directory, "audit.log");
    const script = `import { createAuditSink } from ${JSON.stringify(join(import.meta.dirname, "../../dist/index.js"))};
      const sink = createAuditSink();
      for (const text of ["1", "2"]) sink.write({ ...${JSON.stringify(entry("serial", path))}, text });
      process.exit(0);`;
    execFileSync(process.execPath, ["--input-type=module", "-e", script]);
    expect(readFileSync(path, "utf8")).toBe("1\n2\n");
  });
});

describe("HTTPS", () => {
  type Received = { readonly body: string; readonly request: IncomingMessage };
  async function receiver(answer: (response: ServerResponse, count: number) => void): Promise<[string, Received[]]> {
    const received: Received[] = [];
    const server = createHttpServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (piece: string) => (body += piece));
      request.on("end", () => {
        received.push({ body, request });
        answer(response, received.length);
      });
    });
    closers.push(() => server.closeAllConnections());
    return [`http://user:secret@127.0.0.1:${await listen(server)}/audit`, received];
  }

  test("sends entries that come together in one request, one a line", async () => {
    const [url, received] = await receiver((response) => response.end());
    open();
    for (const text of ["1", "2", "3"]) sink.write(entry("https", url, text));
    await until(() => counts.written === 3);
    expect(received.map(({ body }) => body)).toEqual(["1\n2\n3\n"]);
    const { headers } = received[0]!.request;
    expect(headers["content-type"]).toBe("application/x-ndjson");
    expect(headers.authorization).toBe(`Basic ${Buffer.from("user:secret").toString("base64")}`);
  });

  test("sends again what failed, under the same id", async () => {
    const [url, received] = await receiver((response, count) => response.writeHead(count < 3 ? 503 : 204).end());
    open();
    sink.write(entry("https", url));
    await until(() => counts.written === 1);
    expect(counts).toEqual({ written: 1, retried: 2, lost: 0 });
    expect(new Set(received.map(({ request }) => request.headers["x-cuirass-batch"])).size).toBe(1);
  });

  test("what the receiver refuses for good is lost, counted, and told", async () => {
    const messages: string[] = [];
    const [url] = await receiver((response) => response.writeHead(400).end());
    open({ logger: { log: (_level, message) => messages.push(message) } });
    sink.write(entry("https", url));
    await until(() => counts.lost === 1);
    expect(counts.retried).toBe(0);
    expect(messages[0]).toContain("answered 400");
    expect(messages[0]).not.toContain("secret");
  });

  test("a receiver that never answers holds up nothing, and closing gives up in time", async () => {
    const [url] = await receiver(() => undefined);
    open({ queue: { entries: 10 } });
    const before = process.cpuUsage();
    for (let number = 0; number < 1000; number++) sink.write(entry("https", url));
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
    await sink.close(200);
    expect(counts).toMatchObject({ written: 0, lost: 1000 });
  });
});

describe("syslog", () => {
  test("sends a datagram of RFC 5424 for each entry", async () => {
    const socket = createSocket("udp4");
    closers.push(() => socket.close());
    const messages: string[] = [];
    socket.on("message", (message) => messages.push(message.toString("latin1")));
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    open();
    sink.write(entry("syslog", `udp://127.0.0.1:${socket.address().port}?facility=local3&app=shop`, '{"a":1}', true));
    await until(() => messages.length === 1);
    expect(messages[0]).toMatch(
      /^<155>1 1970-01-01T00:00:00\.000Z \S+ shop \d+ audit \[origin software="cuirass"\] \{"a":1\}$/,
    );
  });

  test("an entry that fits no datagram is refused, not cut", async () => {
    open();
    sink.write(entry("syslog", "udp://127.0.0.1:9", "x".repeat(70_000)));
    await until(() => counts.lost === 1);
  });

  /** Reads octet-counted messages. */
  function collect(socket: Socket, messages: string[]): void {
    let rest = "";
    socket.setEncoding("latin1").on("data", (piece: string) => {
      rest += piece;
      for (;;) {
        const length = /^(\d+) /.exec(rest);
        if (length === null || rest.length < length[0].length + Number(length[1])) return;
        messages.push(rest.slice(length[0].length, length[0].length + Number(length[1])));
        rest = rest.slice(length[0].length + Number(length[1]));
      }
    });
    socket.on("error", () => undefined);
  }

  test("counts octets over TCP, and connects again after the receiver was away", async () => {
    const messages: string[] = [];
    const sockets = new Set<Socket>();
    const start = (): Server =>
      createServer((socket) => {
        sockets.add(socket);
        collect(socket, messages);
      });
    const first = start();
    const port = await listen(first);
    open();
    const target = `127.0.0.1:${port}`;
    sink.write(entry("syslog", target, "one\ntwo"));
    await until(() => messages.length === 1);
    first.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    sink.write(entry("syslog", target, "three"));
    await until(() => counts.retried > 0);
    await listen(start(), port);
    await until(() => messages.length === 2);
    closers.push(() => sockets.forEach((socket) => socket.destroy()));
    expect(messages.map((message) => message.slice(message.indexOf("] ") + 2))).toEqual(["one\ntwo", "three"]);
    expect(counts.lost).toBe(0);
  });

  test("ends lines over a unix socket when asked to", async () => {
    const path = join(directory, "log");
    let text = "";
    await listen(
      createServer((socket) => socket.on("data", (piece) => (text += piece.toString()))),
      path,
    );
    open();
    sink.write(entry("syslog", `unix://${path}?framing=lines`, "one\ntwo"));
    await until(() => text.endsWith("one two\n"));
  });

  test("checks the receiver's certificate over TLS", async () => {
    const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"].concat([
        ...["-keyout", key, "-out", cert, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
      ]),
      { stdio: "ignore" },
    );
    const messages: string[] = [];
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) =>
      collect(socket, messages),
    );
    const port = await listen(server);
    open();
    sink.write(entry("syslog", `tls://localhost:${port}`, "unknown authority"));
    sink.write(entry("syslog", `tls://localhost:${port}?ca=${cert}`, "known authority"));
    await until(() => messages.length === 1 && counts.retried > 0);
    expect(messages[0]).toContain("known authority");
    expect(messages[0]).not.toContain("unknown");
  });
});

describe("addresses", () => {
  const load = (type: string, target: string) => () =>
    createWaf({
      directives: `SecAuditLogType ${type}\nSecAuditLog ${target}`,
      host: createNodeHost({ auditSink: open() }),
      plugins: { auditWriters: supportedAuditWriters },
    });

  test("that cannot be meant are refused when rules load", () => {
    expect(load("Syslog", "unixgram:///dev/log")).toThrow(/no datagram unix sockets/);
    expect(load("Syslog", "ftp://host")).toThrow(/no syslog address/);
    expect(load("Syslog", "udp://host?facility=nothing")).toThrow(/no syslog facility/);
    expect(load("Syslog", "udp://host?colour=red")).toThrow(/"colour" is none of/);
    expect(load("HTTPS", "/var/log/audit.log")).toThrow(/no http:\/\/ or https:\/\/ URL/);
    expect(load("HTTPS", "https://example.com/audit")).not.toThrow();
    expect(load("Syslog", "log.example.com:80")).not.toThrow();
  });
});
