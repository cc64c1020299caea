import { afterEach, expect, test } from "vitest";
import type { AdminOptions, AdminServer } from "./admin-server.ts";
import { DecisionRing } from "../decision-ring.ts";
import { WafMetrics } from "../metrics/waf-metrics.ts";
import { startAdminServer } from "./admin-server.ts";
import { readAdminToken } from "./token.ts";

const token = "0123456789abcdef";
let server: AdminServer | undefined;
afterEach(() => server?.close());

const reloaded = {
  trigger: "admin",
  ok: true,
  message: "no rule changed",
  changes: undefined,
  ruleCount: 1,
  seconds: 0,
};

async function start(options: Partial<AdminOptions> = {}): Promise<string> {
  server = await startAdminServer({ metrics: new WafMetrics(), ...options }, 0);
  return `http://127.0.0.1:${server.address.port}`;
}

test("says that it lives, and why it is not ready", async () => {
  let reason: string | undefined = "draining";
  const url = await start({ notReady: () => reason });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const refused = await fetch(`${url}/readyz`);
  expect([refused.status, await refused.text()]).toEqual([503, "draining\n"]);
  reason = undefined;
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test("listens on loopback unless told otherwise", async () => {
  await start();
  expect(server!.address.address).toBe("127.0.0.1");
});

test("reloads for whoever has the token, and for nobody else", async () => {
  let reloads = 0;
  const reload: AdminOptions["reload"] = () => {
    reloads++;
    return Promise.resolve(reloaded as never);
  };
  const url = await start({ reload, token });
  const post = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${url}/reload`, { method: "POST", headers })).status;
  expect(await post({})).toBe(401);
  expect(await post({ authorization: "Bearer wrong" })).toBe(401);
  expect((await fetch(`${url}/reload`)).status).toBe(405);
  expect(reloads).toBe(0);
  expect(await post({ authorization: `Bearer ${token}` })).toBe(200);
  expect(reloads).toBe(1);
});

test("changes nothing while no token is configured", async () => {
  const url = await start({ reload: () => Promise.reject(new Error("reloaded")) });
  expect((await fetch(`${url}/reload`, { method: "POST", headers: { authorization: "Bearer " } })).status).toBe(403);
});

test("a failed reload answers 422 with the errors", async () => {
  const failed = { ...reloaded, ok: false, message: "rules.conf:3:1: unknown directive" };
  const url = await start({ reload: () => Promise.resolve(failed as never), token });
  const response = await fetch(`${url}/reload`, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ message: failed.message });
});

test("decisions are not shown to a page whose name was resolved to loopback", async () => {
  const url = await start({ decisions: new DecisionRing(), token });
  expect((await fetch(`${url}/decisions`)).status).toBe(200);
  const { request } = await import("node:http");
  const status = await new Promise((resolve) => {
    request(`${url}/decisions`, { headers: { host: "evil.example" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  expect(status).toBe(401);
});

test("a token that could be guessed is refused", () => {
  expect(() => readAdminToken(undefined, { CUIRASS_ADMIN_TOKEN: "short" })).toThrow(/shorter than 16/);
  expect(readAdminToken(undefined, {})).toBeUndefined();
  expect(readAdminToken(undefined, { CUIRASS_ADMIN_TOKEN: token })).toBe(token);
});
