import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { MemoryCollectionStore } from "@cuirass/engine";
import { WafMetrics } from "@cuirass/node";
import type { HttpDecision, HttpOptions, HttpWaf } from "@cuirass/http";
import { createHttpWaf } from "@cuirass/http";
import { cuirass } from "@cuirass/http/node-http";
import { cleanUp, exchange, get, listen } from "./support.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Rules of the recommended settings. */
const SETTINGS = 6;
const settings = "SecRequestBodyAccess On\nSecResponseBodyAccess On\nSecResponseBodyMimeType text/html\n";
export const stopping = (id: number, word: string): string =>
  `SecRule ARGS "@contains ${word}" "id:${id},phase:2,deny,status:403,log,msg:'${word}'"\n`;

export interface Running {
  readonly waf: HttpWaf;
  readonly decisions: HttpDecision[];
  /** Replaces the rules on disk. */
  write(text: string): void;
  /** Statuses of that many requests, one after the other. */
  ask(target: string, times?: number): Promise<number[]>;
}

export async function start(text: string, options: HttpOptions, listener?: RequestListener): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "cuirass-reload-"));
  const file = join(folder, "rules.conf");
  const write = (rules: string): void => writeFileSync(file, settings + rules);
  write(text);
  const decisions: HttpDecision[] = [];
  const hooks = { decision: (decision: HttpDecision) => void decisions.push(decision), blocked: () => undefined };
  const waf = createHttpWaf({ rules: file, hooks, ...options });
  cleanUp(async () => {
    await waf.close();
    rmSync(folder, { recursive: true });
  });
  await waf.ready();
  const page: RequestListener = (_request, response) =>
    void response.setHeader("content-type", "text/html").end("page");
  const port = await listen(createServer(cuirass(listener ?? page, waf)));
  const ask = async (target: string, times = 1): Promise<number[]> => {
    const statuses: number[] = [];
    for (let at = 0; at < times; at++) statuses.push((await exchange(port, get(target))).status);
    return statuses;
  };
  return { waf, decisions, write, ask };
}

/** What holds of a reload, whoever inspects: `workers` threads, or with 0 this one. */
export function testReload(workers: number): void {
  test("new rules replace the old ones whole; broken or missing ones change nothing", async () => {
    const metrics = new WafMetrics();
    const { waf, write, ask } = await start(stopping(1, "one"), { workers, metrics });
    expect([await ask("/?q=one"), await ask("/?q=two")]).toEqual([[403], [200]]);
    write(stopping(1, "two") + stopping(2, "three"));
    expect(await waf.reload()).toMatchObject({ ok: true, ruleCount: 2 + SETTINGS });
    expect([await ask("/?q=one", 4), await ask("/?q=two", 4)]).toEqual([
      [200, 200, 200, 200],
      [403, 403, 403, 403],
    ]);
    write(`${stopping(1, "four")}SecRule ARGS "@rx (" "id:2,phase:1,deny"\n`);
    const broken = await waf.reload();
    expect(broken).toMatchObject({ ok: false, ruleCount: 2 + SETTINGS });
    expect(broken.message).toMatch(/rules\.conf:5/);
    write("");
    expect((await waf.reload()).message).toMatch(/no rule at all/);
    expect([await ask("/?q=four", 4), await ask("/?q=two", 4)]).toEqual([
      [200, 200, 200, 200],
      [403, 403, 403, 403],
    ]);
    const text = await metrics.registry.metrics();
    expect(text).toContain('cuirass_reloads_total{trigger="call",result="ok"} 1');
    expect(text).toContain('cuirass_reloads_total{trigger="call",result="failed"} 2');
  });

  test("no request is lost, and none goes uninspected, while rules are replaced", async () => {
    const { waf, write, ask } = await start(stopping(1, "one"), { workers });
    let over = false;
    const [stopped, passed]: [number[], number[]] = [[], []];
    const client = async (): Promise<void> => {
      while (!over) {
        stopped.push(...(await ask("/?q=one")));
        passed.push(...(await ask("/?q=two")));
      }
    };
    const clients = [client(), client(), client()];
    for (let version = 2; version < 5; version++) {
      write(stopping(1, "one") + stopping(version, "other"));
      expect(await waf.reload()).toMatchObject({ ok: true });
      const before = passed.length;
      await expect.poll(() => passed.length, { timeout: 20_000 }).toBeGreaterThan(before + 3);
    }
    over = true;
    await Promise.all(clients);
    expect([new Set(stopped), new Set(passed)]).toEqual([new Set([403]), new Set([200])]);
  });

  test("rules for some paths come into force with the others or not at all", async () => {
    const { waf, write, ask } = await start(stopping(1, "one"), {
      workers,
      routes: [{ path: "/api", exclusions: stopping(5, "five") + 'SecRuleUpdateActionById 1 "status:418"' }],
    });
    expect([await ask("/?q=one"), await ask("/api?q=one")]).toEqual([[403], [418]]);
    // Beside the rule of the path that has this id already.
    write(stopping(5, "two"));
    expect(await waf.reload()).toMatchObject({ ok: false });
    expect([await ask("/?q=two"), await ask("/?q=one"), await ask("/api?q=one")]).toEqual([[200], [403], [418]]);
    write(stopping(1, "two"));
    expect(await waf.reload()).toMatchObject({ ok: true });
    expect([await ask("/?q=one"), await ask("/?q=two"), await ask("/api?q=two")]).toEqual([[200], [403], [418]]);
  });

  test("an exchange ends with the rules it began with", async () => {
    const leak = (id: number): string =>
      `SecRule RESPONSE_BODY "@contains page" "id:${id},phase:4,deny,status:403,log"\n`;
    let arrived = (): void => undefined;
    let answer = (): void => undefined;
    const { waf, write, ask, decisions } = await start(leak(1), { workers }, (_request, response) => {
      answer = () => void response.setHeader("content-type", "text/html").end("page");
      arrived();
    });
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const begun = ask("/");
    await arrival;
    write(leak(2));
    expect(await waf.reload()).toMatchObject({ ok: true });
    answer();
    expect(await begun).toEqual([403]);
    await expect.poll(() => decisions[0]?.interruption?.ruleId).toBe(1);
  });

  test("counters are one for all threads, and outlive a reload", async () => {
    const counting = `SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1"
SecRule IP:n "@gt 6" "id:2,phase:1,deny,status:429,log"\n`;
    const { waf, write, ask } = await start(counting, { workers });
    expect(await ask("/", 6)).toEqual([200, 200, 200, 200, 200, 200]);
    write(`${counting}# again\n`);
    expect(await waf.reload()).toMatchObject({ ok: true });
    expect(await ask("/", 2)).toEqual([429, 429]);
  });

  test("a store of the application's own holds them, for another server to see", async () => {
    const clock = { now: Date.now, monotonic: () => performance.now() };
    const collectionStore = new MemoryCollectionStore({ clock });
    const counting = 'SecAction "id:1,phase:1,pass,nolog,initcol:global=all,setvar:global.n=+1"\n';
    const { ask } = await start(counting, { workers, host: { collectionStore } });
    await ask("/", 3);
    expect(collectionStore.load("GLOBAL", "all", 60).get("n")).toBe("3");
  });

  test("masked values are in no decision", async () => {
    const { ask, decisions } = await start(
      `SecRule ARGS "@contains secret" "id:1,phase:2,deny,status:403,log,msg:'x',logdata:'%{MATCHED_VAR}'"\n`,
      { workers, masking: { arguments: ["password"] } },
    );
    expect(await ask("/?password=secret-word")).toEqual([403]);
    expect(await ask("/?other=secret-word")).toEqual([403]);
    await expect.poll(() => decisions.length).toBe(2);
    expect(decisions.map((decision) => JSON.stringify(decision.matchedRules).includes("secret-word"))).toEqual([
      false,
      true,
    ]);
  });
}
