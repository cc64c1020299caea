import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { expect, test } from "vitest";
import type { Host } from "@cuirass/engine";
import { createNodeHost } from "@cuirass/node";
import { defaultServer, defaultSettings } from "../src/defaults.ts";
import { cleanUp, close, eventually, exchange, rules, settingsFor, startApplication, startProxy } from "./support.ts";

const nobody = new URL("http://127.0.0.1:1");
const quick = { timeouts: { connect: 200, responseHead: 200, idle: 200, tunnel: 200 } };
const get = `GET / HTTP/1.1\r\n${close}`;

/** An application that does with connections what it is told. */
async function startRaw(onConnection: Parameters<typeof createServer>[1]): Promise<URL> {
  const server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp(() => server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

test("an application that is down: 502, with record and error", async () => {
  const { port, records, errors } = await startProxy(settingsFor([nobody]));
  expect(await exchange(port, get)).toMatch(/^HTTP\/1\.1 502/);
  expect(errors).toEqual(["connect"]);
  expect(records[0]).toMatchObject({
    status: 502,
    server: "",
    error: expect.stringContaining("ECONNREFUSED") as string,
  });
});

test("an application that does not answer in time: 504", async () => {
  const app = await startApplication(() => undefined);
  const { port, errors } = await startProxy(settingsFor([app.url], { server: quick }));
  expect(await exchange(port, get)).toMatch(/^HTTP\/1\.1 504/);
  expect(errors).toEqual(["timeout"]);
});

test("an application that does not take the connection in time: 502", async () => {
  // A route that leads nowhere: packets to it are dropped or refused, never answered.
  const { port, errors } = await startProxy(settingsFor([new URL("http://192.0.2.1:80")], { server: quick }));
  expect(await exchange(port, get)).toMatch(/^HTTP\/1\.1 502/);
  expect(errors).toEqual(["connect"]);
});

test("an answer that breaks off: a broken answer, never a complete one; while it is held, 502", async () => {
  const answer = (type: string): Promise<URL> =>
    startRaw((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: 100\r\n\r\nhalf`);
        setTimeout(() => socket.destroy(), 50);
      });
    });
  const streamed = await startProxy(settingsFor([await answer("text/plain")]));
  const response = await exchange(streamed.port, `GET / HTTP/1.1\r\nHost: a\r\n\r\n`);
  expect(response).toMatch(/^HTTP\/1\.1 200/);
  expect(response.endsWith("half")).toBe(true);
  expect(streamed.records[0]!.error).toContain("cut off");
  const held = await startProxy(settingsFor([await answer("text/html")]));
  expect(await exchange(held.port, get)).toMatch(/^HTTP\/1\.1 502/);
});

test("an answer that stops halfway is given up", async () => {
  const app = await startApplication((_request, response) => {
    response.writeHead(200, { "content-type": "text/plain", "content-length": "100" }).write("half");
  });
  const { port, records } = await startProxy(settingsFor([app.url], { server: quick }));
  expect((await exchange(port, get)).endsWith("half")).toBe(true);
  expect(records[0]!.error).toContain("nothing came for 200 ms");
});

test("an answer that is none, and an unasked 101: 502", async () => {
  for (const text of [
    "SSH-2.0-x\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
  ]) {
    const url = await startRaw((socket) => socket.once("data", () => socket.end(text)));
    const { port } = await startProxy(settingsFor([url]));
    expect(await exchange(port, get)).toMatch(/^HTTP\/1\.1 502/);
  }
});

test("servers that cannot be reached are passed over, and come back", async () => {
  const app = await startApplication((_request, response) => response.end("here"));
  const { port, health, errors } = await startProxy(
    settingsFor([nobody, app.url], { upstream: { failures: 2, failureMs: 60_000 } }),
  );
  for (let count = 0; count < 8; count++) expect(await exchange(port, get)).toMatch(/^HTTP\/1\.1 200/);
  expect(errors).toEqual(["connect", "connect"]);
  expect(health).toEqual(["http://127.0.0.1:1 down"]);
});

test("a health check takes a server out and lets it in again", async () => {
  let well = true;
  const app = await startApplication((request, response) => {
    response.writeHead(request.url === "/health" && !well ? 500 : 200).end("x");
  });
  const check = {
    path: "/health",
    host: "x",
    intervalMs: 30,
    timeoutMs: 200,
    healthyAfter: 2,
    unhealthyAfter: 2,
    status: [200, 299],
  } as const;
  const { port, health } = await startProxy(settingsFor([app.url], { upstream: { health: check } }));
  expect(await exchange(port, get)).toMatch(/^HTTP\/1\.1 200/);
  well = false;
  await eventually(() => expect(health).toHaveLength(1));
  expect(await exchange(port, get)).toMatch(/^HTTP\/1\.1 503/);
  well = true;
  await eventually(() => expect(health).toHaveLength(2));
  expect(await exchange(port, get)).toMatch(/^HTTP\/1\.1 200/);
  expect(health.map((line) => line.split(" ")[1])).toEqual(["down", "up"]);
});

test("a kept connection that the application has closed costs no request", async () => {
  const app = await startApplication((_request, response) => response.end("x"));
  const { port } = await startProxy(settingsFor([app.url]));
  for (let count = 0; count < 3; count++) {
    expect(await exchange(port, get)).toMatch(/^HTTP\/1\.1 200/);
    for (const socket of app.sockets) socket.resetAndDestroy();
  }
});

test("a client that sends its head, or its body, too slowly is answered 408", async () => {
  const app = await startApplication((_request, response) => response.end("x"));
  const settings = settingsFor([app.url], { timeouts: { requestHead: 300, clientIdle: 200, keepAlive: 200 } });
  const { port, records } = await startProxy(settings);
  const drip = (first: string, more: string): Promise<string> =>
    new Promise((resolve) => {
      let text = "";
      const socket = connect(port, "127.0.0.1", () => socket.write(first));
      const timer = setInterval(() => socket.write(more), 50);
      socket.on("data", (piece) => (text += piece.toString()));
      socket.on("error", () => undefined);
      socket.on("close", () => {
        clearInterval(timer);
        resolve(text);
      });
    });
  expect(await drip("GET / HTTP/1.1\r\nHost: a\r\n", "X: y\r\n")).toMatch(/^HTTP\/1\.1 408/);
  expect(await exchange(port, `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab`)).toMatch(/^HTTP\/1\.1 408/);
  expect(records.map(({ status }) => status)).toEqual([408]);
  // A connection without a request is closed without a word.
  expect(await exchange(port, "")).toBe("");
});

test("a body that keeps coming but too slowly is answered 408", async () => {
  const app = await startApplication((_request, response) => response.end("x"));
  const policy = { ...defaultSettings.policy, intake: { minRate: 1000, graceMs: 200 } };
  const { port } = await startProxy(settingsFor([app.url], { policy }));
  const text = await new Promise<string>((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () =>
      socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n"),
    );
    const timer = setInterval(() => socket.write("x"), 20);
    socket.on("data", (piece) => (answer += piece.toString()));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(timer);
      resolve(answer);
    });
  });
  expect(text).toMatch(/^HTTP\/1\.1 408/);
});

test("a client that takes nothing of its answer is given up", async () => {
  const app = await startApplication((_request, response) => response.end(Buffer.alloc(30_000_000)));
  const { port, records, proxy } = await startProxy(
    settingsFor([app.url], { timeouts: { ...defaultSettings.timeouts, clientIdle: 300 } }),
  );
  const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  socket.pause();
  socket.on("error", () => undefined);
  await eventually(() => expect(records[0]?.error).toContain("the client left"));
  await eventually(() => expect(proxy.connectionCount).toBe(0));
  socket.destroy();
});

test("a client that leaves takes its request to the application with it", async () => {
  let opened = 0;
  let closed = 0;
  const app = await startApplication((request) => {
    opened++;
    request.on("close", () => closed++);
  });
  const { port, records } = await startProxy(settingsFor([app.url]));
  const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  await eventually(() => expect(opened).toBe(1));
  socket.destroy();
  await eventually(() => expect(closed).toBe(1));
  await eventually(() => expect(records).toHaveLength(1));
  expect(records[0]).toMatchObject({ status: 0, error: "the client left" });
});

test("more connections than allowed are closed at once", async () => {
  const app = await startApplication((_request, response) => response.end("x"));
  const refused: string[] = [];
  const { port, proxy } = await startProxy(settingsFor([app.url], { connections: 1 }), {
    events: { onConnectionError: (reason) => refused.push(reason) },
  });
  const first = connect(port, "127.0.0.1");
  await eventually(() => expect(proxy.connectionCount).toBe(1));
  expect(await exchange(port, get)).toBe("");
  expect(refused).toEqual(["too many connections"]);
  first.destroy();
});

/** Temporary files that take so many bytes, then the disk is full. */
function fullDisk(room: number): Host {
  const host = createNodeHost();
  return {
    ...host,
    tempStorage: {
      create: (options) => {
        const file = host.tempStorage!.create(options);
        let left = room;
        return {
          path: file.path,
          read: (offset, length) => file.read(offset, length),
          close: (keep) => file.close(keep),
          append: (bytes) => {
            left -= bytes.length;
            if (left < 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
            file.append(bytes);
          },
        };
      },
    },
  };
}

test.each([
  ["full from the start", 0],
  ["full halfway", 20_000],
])("a disk that is %s ends in the policy", async (_name, room) => {
  const app = await startApplication((request, response) => {
    let bytes = 0;
    request.on("data", (piece: Buffer) => (bytes += piece.length));
    request.on("end", () => response.end(`${bytes} bytes`));
  });
  const directives = `${rules}\nSecRequestBodyInMemoryLimit 1000\n`;
  const post = `POST / HTTP/1.1\r\nContent-Length: 90000\r\n${close}${"x".repeat(90_000)}`;
  const blocking = await startProxy(settingsFor([app.url]), { directives, host: fullDisk(room) });
  expect(await exchange(blocking.port, post)).toMatch(/^HTTP\/1\.1 500/);
  expect(blocking.faults).toEqual(["temporary-storage block"]);
  const policy = { ...defaultSettings.policy, onFault: "pass" } as const;
  const passing = await startProxy(settingsFor([app.url], { policy }), {
    directives,
    host: fullDisk(room),
    policy: "pass",
  });
  expect(await exchange(passing.port, post)).toContain("90000 bytes");
  expect(passing.faults).toEqual(["temporary-storage pass"]);
});

test("close waits for running exchanges, refuses new ones, and has an end", async () => {
  let arrived = 0;
  const app = await startApplication((request, response) => {
    arrived++;
    setTimeout(() => response.end("late"), request.url === "/long" ? 60_000 : 400);
  });
  const { port, proxy } = await startProxy(settingsFor([app.url]));
  const running = exchange(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const long = exchange(port, "GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
  const idle = exchange(port, "");
  await eventually(() => expect([proxy.connectionCount, arrived]).toEqual([3, 2]));
  const started = performance.now();
  const closing = proxy.close(1200);
  expect(await exchange(port, get)).toBe("");
  expect(await idle).toBe("");
  const answer = await running;
  expect(answer).toContain("late");
  expect(answer).toContain("Connection: close");
  await closing;
  expect(await long).toBe("");
  expect(performance.now() - started).toBeLessThan(20_000);
});

test("settings that name an unknown upstream are refused whole", async () => {
  const app = await startApplication((_request, response) => response.end("x"));
  const { proxy, port } = await startProxy(settingsFor([app.url]));
  const broken = settingsFor([new URL("http://127.0.0.1:2")]);
  expect(() => proxy.update({ ...broken, routes: [{ ...broken.routes[0]!, upstream: "nope" }] })).toThrow(
    'no upstream "nope"',
  );
  expect(await exchange(port, get)).toMatch(/^HTTP\/1\.1 200/);
  expect(defaultServer.keepAliveMs).toBeLessThan(5000);
});
