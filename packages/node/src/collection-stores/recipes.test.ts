import { join } from "node:path";
import { createWaf, MemoryCollectionStore } from "@cuirass/engine";
import type { Waf } from "@cuirass/engine";
import { expect, test } from "vitest";
import { createNodeHost } from "../host.ts";

let now = 0;

/** The recipe as it stands in the guide. */
function load(recipe: string): Waf {
  now = 1_000_000;
  const clock = { now: () => now, monotonic: () => now };
  return createWaf({
    directives: [
      "SecRuleEngine On\nSecRequestBodyAccess On",
      { file: join(import.meta.dirname, "../../../../docs/guides/examples", recipe) },
    ],
    // The clock stands still while rules run: no budget is used up.
    host: createNodeHost({ clock, collectionStore: new MemoryCollectionStore({ clock }) }),
  });
}

/** One exchange; the status that the client gets and the logged rules. */
async function exchange(
  waf: Waf,
  address: string,
  uri: string,
  { account = "", answer = 200 } = {},
): Promise<{ readonly status: number; readonly rules: readonly number[] }> {
  const tx = waf.newTransaction();
  const body = account === "" ? {} : { body: `username=${account}&password=x` };
  const headers = [["Content-Type", "application/x-www-form-urlencoded"]] as const;
  const client = { address, port: 1 };
  await tx.processRequest({ client, method: account === "" ? "GET" : "POST", uri, headers, ...body });
  if (tx.interruption === undefined) await tx.processResponseHeaders(answer, "HTTP/1.1");
  await tx.processLogging();
  tx.close();
  expect(tx.faults).toEqual([]);
  const rules = tx.matchedRules.filter(({ log }) => log).map(({ rule }) => rule.id);
  return { status: tx.interruption?.status ?? answer, rules };
}

test("the rate limit lets 100 requests of an address through in a minute, and others undisturbed", async () => {
  const waf = load("rate-limit.conf");
  const statuses: number[] = [];
  for (let count = 0; count < 120; count++) {
    now += 100;
    statuses.push((await exchange(waf, "192.0.2.1", "/")).status);
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(100);
  expect(statuses[100]).toBe(429);
  expect((await exchange(waf, "192.0.2.2", "/")).status).toBe(200);
  now += 60_000;
  expect((await exchange(waf, "192.0.2.1", "/")).status).toBe(200);
});

test("five failed logins block the logins of an address for a while, and nothing else", async () => {
  const waf = load("brute-force.conf");
  const fail = (address: string, account: string): ReturnType<typeof exchange> =>
    exchange(waf, address, "/login", { account, answer: 401 });
  for (let count = 1; count <= 4; count++) expect((await fail("192.0.2.1", `user${count}`)).rules).toEqual([]);
  expect(await fail("192.0.2.1", "user5")).toEqual({ status: 401, rules: [100_207] });
  expect(await fail("192.0.2.1", "user6")).toEqual({ status: 429, rules: [100_201] });
  expect((await exchange(waf, "192.0.2.1", "/shop")).status).toBe(200);
  expect((await exchange(waf, "192.0.2.2", "/login", { account: "ada" })).status).toBe(200);
  now += 901_000;
  expect((await exchange(waf, "192.0.2.1", "/login", { account: "ada" })).status).toBe(200);
});

test("failures that lie far apart, and logins that work, block nobody", async () => {
  const waf = load("brute-force.conf");
  for (let count = 0; count < 12; count++) {
    now += 100_000;
    expect((await exchange(waf, "192.0.2.1", "/login", { account: "ada", answer: 401 })).status).toBe(401);
    expect((await exchange(waf, "192.0.2.1", "/login", { account: "ada", answer: 302 })).rules).toEqual([]);
  }
});

test("many failures of one account from many addresses are reported once", async () => {
  const waf = load("brute-force.conf");
  const reports: number[] = [];
  for (let count = 1; count <= 25; count++) {
    const { rules } = await exchange(waf, `192.0.2.${count}`, "/login", {
      account: count % 2 ? "Ada" : "ada",
      answer: 401,
    });
    reports.push(...rules);
  }
  expect(reports).toEqual([100_208]);
});
