import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WafMetrics } from "@cuirass/node";
import type { HttpDecision, HttpOptions } from "@cuirass/http";
import { createHttpWaf } from "@cuirass/http";
import { cuirass } from "@cuirass/http/node-http";
import { readAll } from "./apps.ts";
import { cleanUp, exchange, get, post, rules } from "./support.ts";

/** Each pool starts a thread that loads its rules, which takes a while on a busy machine. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const form = "application/x-www-form-urlencoded";

interface Running {
  readonly port: number;
  readonly seen: [HttpDecision, number][];
  readonly faults: string[];
  readonly workers: Worker[];
  /** Closes the WAF only. */
  close(): Promise<void>;
  stop(): Promise<void>;
}

const echo: RequestListener = (request, response) => {
  if (request.method === "GET") {
    return void response.writeHead(200, { "content-type": "text/html" }).end(request.url === "/s" ? "secret" : "hello");
  }
  void readAll(request).then((body) => response.end(Buffer.from(body, "latin1")));
};

async function start(options?: HttpOptions, listener?: RequestListener): Promise<Running> {
  const running = await startPool(options, listener);
  cleanUp(() => running.stop());
  return running;
}

async function startPool(options: HttpOptions = {}, listener = echo): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "cuirass-workers-"));
  writeFileSync(join(folder, "rules.conf"), rules);
  const workers: Worker[] = [];
  const note = (worker: Worker): void => void workers.push(worker);
  process.on("worker", note);
  const [seen, faults]: [Running["seen"], string[]] = [[], []];
  const waf = createHttpWaf({
    rules: join(folder, "rules.conf"),
    workers: 1,
    hooks: {
      decision: (decision, _request, status) => void seen.push([decision, status]),
      fault: (message) => void faults.push(message),
      blocked: () => undefined,
    },
    ...options,
  });
  await waf.ready();
  const server = createServer(cuirass(listener, waf));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await waf.close();
    process.off("worker", note);
    rmSync(folder, { recursive: true });
  };
  const { port } = server.address() as AddressInfo;
  return { port, seen, faults, workers, close: () => waf.close(), stop };
}

/** Two threads for all tests that need nothing else: a thread takes longer to start than a test to run. */
let shared: Running;
beforeAll(async () => void (shared = await startPool({ workers: 2 })));
afterAll(() => shared?.stop());

test("worker threads decide about requests, bodies and responses, with the same decision as in this thread", async () => {
  const { port, seen } = shared;
  const before = seen.length;
  const requests: [bytes: string, status: number, verdict: string, rules: number[]][] = [
    [get("/?q=1"), 200, "passed", []],
    [get("/?q=attack"), 403, "blocked", [1]],
    [post("/", form, "a=attack"), 403, "blocked", [1]],
    [get("/s"), 403, "blocked", [4]],
  ];
  for (const [at, [bytes, status, verdict, ids]] of requests.entries()) {
    expect(await exchange(port, bytes)).toMatchObject({ status });
    // A response is there before its exchange is closed, and the other thread may be faster with the next one.
    await expect.poll(() => seen.length).toBe(before + at + 1);
    const [decision, told] = seen.at(-1)!;
    expect([told, decision.verdict, decision.matchedRules.map(({ id }) => id)]).toEqual([status, verdict, ids]);
    if (ids.includes(1)) expect(decision.scores).toEqual({ anomaly_score: 5 });
  }
});

test.each([10, 100_000, 290_000])("a body of %d bytes comes back as it was sent", async (size) => {
  const { port } = shared;
  const body = String.fromCharCode(...Array.from({ length: 250 }, (_, at) => at))
    .repeat(size / 10)
    .slice(0, size);
  const response = await exchange(port, post("/", "application/octet-stream", body));
  expect(response.status).toBe(200);
  expect(response.body === body).toBe(true);
});

test("a body beyond the limit is refused, or flows on when told so", async () => {
  const body = `a=${"x".repeat(500_000)}`;
  expect(await exchange(shared.port, post("/", form, body))).toMatchObject({ status: 413 });
  const partial = await start({ overLimit: "partial" });
  const response = await exchange(partial.port, post("/", form, body));
  expect([response.status, response.body.length]).toEqual([200, body.length]);
  expect(await exchange(partial.port, post("/", form, `b=attack&${body}`))).toMatchObject({ status: 403 });
});

test("a full queue ends in the fault policy", async () => {
  const many = (port: number): Promise<number[]> =>
    Promise.all(Array.from({ length: 30 }, async () => (await exchange(port, get("/?q=1"))).status));
  const blocking = await start({ queueLimit: 1 });
  const statuses = await many(blocking.port);
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
  expect(blocking.faults[0]).toMatch(/waiting already/);
  const passing = await start({ queueLimit: 1, onFault: "pass" });
  expect(new Set(await many(passing.port))).toEqual(new Set([200]));
});

test("a worker that ends is replaced; its exchanges end in the fault policy, the others go on", async () => {
  const slow: RequestListener = (_request, response) => void setTimeout(() => response.end("late"), 300);
  const { port, workers, faults } = await start({}, slow);
  const lost = exchange(port, get("/?q=1"));
  await new Promise((resolve) => setTimeout(resolve, 100));
  await workers[0]!.terminate();
  expect(await lost).toMatchObject({ status: 503 });
  expect(faults.join()).toMatch(/has ended/);
  await expect.poll(async () => (await exchange(port, get("/?q=1"))).status, { timeout: 10_000 }).toBe(200);
  expect(await exchange(port, get("/?q=attack"))).toMatchObject({ status: 403 });
});

test("closing ends what still runs in the fault policy instead of leaving it without an answer", async () => {
  const { port, close } = await start({}, (_request, response) => {
    void close().then(() => response.end("x"));
  });
  expect(await exchange(port, get("/?q=1"))).toMatchObject({ status: 503 });
});

test("rules that cannot be loaded are said when the application waits for them", async () => {
  const waf = createHttpWaf({ rules: "built-in", exclusions: "SecRule BROKEN", workers: 1, onError: () => undefined });
  cleanUp(() => waf.close());
  await expect(waf.ready()).rejects.toThrow(/BROKEN|SecRule/);
});

test("a client that goes away while a worker decides is cleaned up", async () => {
  const { port, seen } = shared;
  const before = seen.length;
  for (let round = 0; round < 20; round++) {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(post("/", form, `a=${"y".repeat(50_000)}`), () => setTimeout(() => socket.destroy(), round % 5));
    });
    socket.on("error", () => undefined);
  }
  await expect.poll(() => seen.length, { timeout: 5000 }).toBe(before + 20);
  expect(await exchange(port, get("/"))).toMatchObject({ status: 200 });
});

test("metrics count the same in threads as here", async () => {
  const metrics = new WafMetrics();
  const { port, seen } = await start({ metrics });
  expect(await exchange(port, get("/?q=1"))).toMatchObject({ body: "hello" });
  await exchange(port, get("/?q=attack"));
  await expect.poll(() => seen.length).toBe(2);
  const text = await metrics.registry.metrics();
  expect(text).toContain('cuirass_transactions_total{app="default",verdict="passed"} 1');
  expect(text).toContain('cuirass_transactions_total{app="default",verdict="blocked"} 1');
  expect(text).toContain('cuirass_rule_matches_total{rule_id="1"} 1');
});
