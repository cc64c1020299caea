import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createWaf } from "@cuirass/engine";
import type { RedisCollectionStore, RedisStoreOptions } from "./index.ts";
import { createRedisStore } from "./index.ts";

// A busy machine is no broken one.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const installed = spawnSync("redis-server", ["--version"]).error === undefined;
let port: number;
let server: ChildProcess | undefined;
let store: RedisCollectionStore;
const stores: RedisCollectionStore[] = [];
const calls: string[] = [];

async function startServer(): Promise<void> {
  const child = spawn("redis-server", [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
  ]);
  server = child;
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (text: Buffer) => {
      if (text.includes("Ready to accept connections")) resolve();
    });
  });
}

async function stopServer(): Promise<void> {
  const child = server;
  server = undefined;
  if (child === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

function open(options: Partial<RedisStoreOptions> = {}): RedisCollectionStore {
  const opened = createRedisStore({
    url: `redis://127.0.0.1:${port}`,
    prefix: `test${Math.random()}`,
    whenDown: "fault",
    // A busy machine is no broken one.
    timeoutMs: 3000,
    onCall: (result) => calls.push(result),
    ...options,
  });
  stores.push(opened);
  return opened;
}

async function eventually<T>(work: () => T | Promise<T>): Promise<T> {
  for (let round = 0; ; round++) {
    try {
      return await work();
    } catch (error) {
      if (round > 1500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

describe.skipIf(!installed)("the Redis store", () => {
  beforeAll(async () => {
    port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const { port: free } = probe.address() as AddressInfo;
        probe.close(() => resolve(free));
      });
    });
    await startServer();
  });
  afterAll(stopServer);
  beforeEach(async () => {
    store = open();
    await eventually(() => store.load("IP", "warm", 60));
    calls.length = 0;
  });
  afterEach(async () => {
    for (const opened of stores.splice(0)) await opened.close();
  });

  test("keeps bytes as they are, in keys, names and values", async () => {
    const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");
    await store.set("USER", bytes, bytes, bytes);
    expect(await store.load("USER", bytes, 60)).toEqual(new Map([[bytes, bytes]]));
    expect(await store.load("USER", `${bytes}.`, 60)).toEqual(new Map());
    expect(await store.load("SESSION", bytes, 60)).toEqual(new Map());
  });

  test("adds as one step, also for many at once", async () => {
    const other = open({ prefix: "shared" });
    const same = open({ prefix: "shared" });
    await eventually(() => other.load("IP", "k", 60));
    await eventually(() => same.load("IP", "k", 60));
    const totals = await Promise.all(
      Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? other : same).increment("IP", "k", "n", 1)),
    );
    expect([...totals].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  test("counts from 0 what is missing, no number, or expired, and stays within safe integers", async () => {
    expect(await store.increment("IP", "k", "n", -3)).toBe(-3);
    await store.set("IP", "k", "text", "abc");
    expect(await store.increment("IP", "k", "text", 2)).toBe(2);
    await store.set("IP", "k", "big", String(Number.MAX_SAFE_INTEGER));
    expect(await store.increment("IP", "k", "big", 10)).toBe(Number.MAX_SAFE_INTEGER);
    await store.expire("IP", "k", "n", 0.05);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect((await store.load("IP", "k", 60)).has("n")).toBe(false);
    expect(await store.increment("IP", "k", "n", 1)).toBe(1);
  });

  test("a record ends after its time without a write", async () => {
    await store.load("IP", "short", 0.1);
    await store.set("IP", "short", "a", "1");
    expect((await store.load("IP", "short", 0.1)).size).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await store.load("IP", "short", 0.1)).size).toBe(0);
  });

  test("a removed variable is gone, with its time", async () => {
    await store.set("IP", "k2", "a", "1");
    await store.expire("IP", "k2", "a", 100);
    await store.remove("IP", "k2", "a");
    await store.set("IP", "k2", "a", "2");
    expect((await store.load("IP", "k2", 60)).get("a")).toBe("2");
  });

  test("a record is bounded", async () => {
    const small = open({ variableLimit: 2 });
    await eventually(() => small.load("IP", "k", 60));
    for (const name of ["a", "b", "c", "d"]) await small.set("IP", "k", name, "1");
    await expect(small.set("IP", "k", "e", "1")).rejects.toThrow(/no more variables/);
    await expect(small.increment("IP", "k", "e", 1)).rejects.toThrow(/no more variables/);
    await expect(small.set("IP", "k", "a", "x".repeat(70_000))).rejects.toThrow(/70000 bytes/);
  });

  test("rules of two WAFs share a limit exactly", async () => {
    const wafs = [0, 1].map(() =>
      createWaf({
        directives: `
          SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.requests=+1,expirevar:ip.requests=60"
          SecRule IP:requests "@gt 10" "id:2,phase:1,deny,status:429"`,
        host: { collectionStore: open({ prefix: "limit" }) },
      }),
    );
    for (const waf of wafs) await eventually(async () => waf.context.host.collectionStore!.load("IP", "x", 60));
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const tx = wafs[index % 2]!.newTransaction();
        const client = { address: "192.0.2.1", port: 1 };
        return (await tx.processRequest({ client, method: "GET", uri: "/", headers: [] })) === undefined;
      }),
    );
    expect(answers.filter(Boolean)).toHaveLength(10);
  });

  test("a server that is away: refused at once, told, and used again when it is back", async () => {
    const notices: string[] = [];
    const careful = open({
      breaker: { failures: 2, pauseMs: 50 },
      timeoutMs: 3000,
      logger: { log: (level, message) => notices.push(`${level} ${message}`) },
    });
    await eventually(() => careful.load("IP", "k", 60));
    calls.length = 0;
    await stopServer();
    for (let round = 0; round < 5; round++) await expect(careful.increment("IP", "k", "n", 1)).rejects.toThrow();
    expect(careful.isDown).toBe(true);
    expect(calls.filter((result) => result === "refused").length).toBeGreaterThan(0);
    await startServer();
    await eventually(() => careful.increment("IP", "k", "n", 1));
    expect(careful.isDown).toBe(false);
    expect(notices[0]).toMatch(/^error collection store is down/);
    expect(notices.at(-1)).toBe("info collection store works again");
  });

  test("while it is away, counting in this process holds limits there", async () => {
    await stopServer();
    const local = open({ whenDown: "local", breaker: { failures: 1 } });
    expect(await local.increment("IP", "k", "n", 1)).toBe(1);
    expect(await local.increment("IP", "k", "n", 1)).toBe(2);
    await startServer();
  });
});

test("a URL of another kind is refused without its password", () => {
  expect(() => createRedisStore({ url: "http://user:secret@host" })).toThrow(/"http:\/\/host" is no redis/);
});
