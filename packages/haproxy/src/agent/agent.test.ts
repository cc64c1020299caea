import { afterEach, expect, test, vi } from "vitest";
import type { AgentParts } from "./agent.ts";
import type { WorkerLink } from "./worker-protocol.ts";
import { parseConfig } from "../config/parse-config.ts";
import { request, response, text } from "../testing/notify.ts";
import { SpopClient } from "../testing/spop-client.ts";
import { Agent } from "./agent.ts";
import { startInline } from "./inline-worker.ts";

const site = `bind: 127.0.0.1:0
log_level: debug
log_format: json
default_application: site
workers: 1
applications:
  - name: site
    log_level: info
    log_format: json
    response_check: true
    transaction_ttl_ms: 1000
    directives: |
      SecRuleEngine On
      SecRequestBodyAccess On
      SecResponseBodyAccess On
      SecResponseBodyMimeType text/html
      SecRule ARGS:q "@contains evil" "id:190001,phase:2,deny,status:429,log,msg:'evil'"
      SecRule ARGS:to "@contains out" "id:190002,phase:1,redirect:'https://example.com/',status:301,log,msg:'out'"
      SecRule RESPONSE_BODY "@contains secret" "id:190003,phase:4,deny,log,msg:'secret'"
`;

let agent: Agent;
let client: SpopClient;
let lines: string[];

async function start(config: string, parts: AgentParts = {}): Promise<void> {
  lines = [];
  const log = { write: (line: string) => void lines.push(line), reopen: () => undefined, close: async () => undefined };
  agent = await Agent.start(parseConfig(config, "c.yaml").config, { createWorker: startInline, log, ...parts });
  client = new SpopClient(agent.port);
  await client.hello();
}

afterEach(async () => {
  client.close();
  await agent.stop();
});

/** Busy machines need their time. */
const eventually = (check: () => unknown): Promise<unknown> => vi.waitFor(check, 15_000);
const metric = async (line: RegExp): Promise<boolean> => line.test(await agent.metrics.waf.registry.metrics());

test("clean requests get an id and counts, and nothing else that HAProxy's rules look at", async () => {
  await start(site);
  const variables = await client.ask(1, [request("q=tea", [["exportRuleIDs", { type: "bool", value: true }]])]);
  expect([...variables.keys()]).toEqual(["id", "rules_hit", "anomaly_score", "rule_ids", "decision"]);
  expect(variables.get("id")).toMatch(/^[A-Z]{16}$/);
  expect(variables.get("decision")).toBe("pass");
});

test("a blocked request says how, by which rule, and is logged in the peer's form", async () => {
  await start(site);
  const variables = await client.ask(1, [request("q=evil", [text("id", "my-id")])]);
  expect(Object.fromEntries(variables)).toMatchObject({
    id: "my-id",
    rules_hit: 1,
    status: 429,
    action: "deny",
    data: "",
    ruleid: 190001,
    decision: "block",
  });
  const line = lines.map((text) => JSON.parse(text) as Record<string, unknown>).find((entry) => "match" in entry);
  expect(line).toMatchObject({ level: "error", match: { rule_id: 190001, unique_id: "my-id", phase_id: 2 } });
});

test("values to be masked are in no line of a log", async () => {
  const rules = site.replace("msg:'evil'", "msg:'evil',logdata:'%{MATCHED_VAR}'");
  for (const config of [`mask: [arg:q]\n${rules}`, `mask: [arg:q]\n${rules.replaceAll("json", "console")}`]) {
    await start(config);
    expect((await client.ask(1, [request("q=evilSecret")])).get("action")).toBe("deny");
    await eventually(() => expect(lines.join("\n")).toContain("190001"));
    expect(lines.join("\n")).not.toContain("evilSecret");
    if (config.includes("json")) {
      client.close();
      await agent.stop();
    }
  }
});

test("a redirect carries its target", async () => {
  await start(site);
  const variables = await client.ask(1, [request("to=out")]);
  expect(Object.fromEntries(variables)).toMatchObject({
    action: "redirect",
    status: 301,
    data: "https://example.com/",
  });
});

test("a response finds its request once, on any connection", async () => {
  await start(site);
  const id = String((await client.ask(1, [request("q=1")])).get("id"));
  const other = new SpopClient(agent.port);
  await other.hello();
  expect((await other.ask(1, [response(id, "a secret")])).get("action")).toBe("deny");
  expect((await other.ask(3, [response(id, "a secret")])).get("decision")).toBe("error");
  other.close();
  expect(lines.join("\n")).toContain("a response cannot be inspected");
});

test("detect-only responses are answered empty and evaluated afterwards", async () => {
  await start(site);
  const id = String((await client.ask(1, [request("q=1")])).get("id"));
  const detect = ["detect-only", { type: "bool", value: true }] as const;
  expect(await client.ask(3, [response(id, "a secret", [detect])])).toEqual(new Map());
  await eventually(() => expect(lines.join("\n")).toContain('"rule_id":190003'));
});

test("two messages in one frame are both inspected", async () => {
  await start(site);
  expect((await client.ask(1, [request("q=1"), request("q=evil")])).get("action")).toBe("deny");
});

test("messages and applications that do not exist are answered, counted and said", async () => {
  await start(site.replace("default_application: site\n", ""));
  expect(await client.ask(1, [["coraza-check", []]])).toEqual(new Map());
  const [name, args] = request("q=evil");
  const unknown = await client.ask(3, [[name, [...args, text("app", "nobody")]]]);
  expect(unknown.get("decision")).toBe("error");
  expect(unknown.get("error")).toBe(255);
  expect(lines.join("\n")).toContain('unknown message \\"coraza-check\\"');
  await eventually(async () => {
    expect(await metric(/cuirass_spoa_errors_total\{kind="unknown_message"\} 1/)).toBe(true);
    expect(await metric(/cuirass_spoa_errors_total\{kind="app_not_found"\} 1/)).toBe(true);
  });
});

test.each(["null", "bool", "int64", "ipv4", "string"] as const)(
  "arguments of type %s in every place harm nothing",
  async (type) => {
    await start(site);
    const value = {
      null: undefined,
      bool: true,
      int64: -5,
      ipv4: Uint8Array.of(1, 2, 3, 4),
      string: Buffer.from("x:y"),
    }[type];
    const data = { type, value } as never;
    const [name, args] = request("");
    const variables = await client.ask(1, [[name, args.map(([key]) => [key, data] as const)]]);
    expect(variables.get("decision")).toBe("pass");
  },
);

test("an answer always fits the agreed frame", async () => {
  const rules = Array.from(
    { length: 300 },
    (_, n) => `      SecRule ARGS:q "@contains all" "id:${191_000 + n},phase:1,pass,log,msg:'m'"\n`,
  );
  await start(site + rules.join(""));
  const narrow = new SpopClient(agent.port);
  await narrow.hello(300);
  const exportIds = ["exportRuleIDs", { type: "bool", value: true }] as const;
  narrow.notify(1, 1, [
    ["coraza-req", [text("query", "q=all"), text("path", "/"), text("id", "i".repeat(100)), exportIds]],
  ]);
  const ack = await narrow.next();
  expect(ack!.length).toBeLessThanOrEqual(300);
  expect(Buffer.from(ack!.payload).toString("latin1")).toContain("191000,191001");
  narrow.close();
});

test("transactions whose response never comes are logged when their time is over", async () => {
  await start(site.replace("transaction_ttl_ms: 1000", "transaction_ttl_ms: 100"));
  await client.ask(1, [request("q=1")]);
  await eventually(async () =>
    expect(await metric(/cuirass_spoa_cache_evicted_total\{app="site",reason="expired"\} 1/)).toBe(true),
  );
  await eventually(async () =>
    expect(await metric(/cuirass_transactions_total\{app="site",verdict="passed"\} 1/)).toBe(true),
  );
});

test("new rules come into force whole; broken ones do not, and requests kept by old ones find their responses", async () => {
  await start(site);
  const id = String((await client.ask(1, [request("q=1")])).get("id"));
  await agent.reload(parseConfig(site.replace("contains evil", "contains cake"), "c.yaml").config);
  expect((await client.ask(3, [request("q=cake")])).get("action")).toBe("deny");
  expect((await client.ask(5, [request("q=evil")])).get("decision")).toBe("pass");
  expect((await client.ask(7, [response(id, "a secret")])).get("action")).toBe("deny");
  const broken = parseConfig(`${site}      SecRule BROKEN\n`, "c.yaml").config;
  await expect(agent.reload(broken)).rejects.toThrow(/c\.yaml:\d+/);
  expect((await client.ask(9, [request("q=cake")])).get("action")).toBe("deny");
});

test("persistent collections are one for all workers, and outlive a reload", async () => {
  const counting = site.replace("workers: 1", "workers: 3").replace(
    "      SecRule ARGS:q",
    `      SecAction "id:10,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1"
      SecRule IP:n "@gt 4" "id:190004,phase:2,deny,log,msg:'often'"
      SecRule ARGS:q`,
  );
  await start(counting);
  for (let turn = 0; turn < 4; turn++) expect((await client.ask(1, [request("q=1")])).get("decision")).toBe("pass");
  await agent.reload(parseConfig(`${counting}      # again\n`, "c.yaml").config);
  expect((await client.ask(1, [request("q=1")])).get("ruleid")).toBe(190004);
});

test("a changed address is refused", async () => {
  await start(site);
  await expect(agent.reload(parseConfig(site.replace(":0", ":1"), "c.yaml").config)).rejects.toThrow(/restart/);
});

// ---- workers that fail

/** A worker that has loaded its rules and never answers. */
function silentWorker(): WorkerLink & { die(): void } {
  const listeners = new Map<string, (value: never) => void>();
  setImmediate(() => listeners.get("message")?.({ kind: "ready", loaded: { applications: [], files: [] } } as never));
  return {
    postMessage: (message) => {
      if (message.kind === "drain") listeners.get("message")?.({ kind: "empty", report: undefined } as never);
    },
    on: (event: string, listener: (value: never) => void) => listeners.set(event, listener),
    terminate: () => undefined,
    die: () => listeners.get("exit")?.(1 as never),
  };
}

test.each([
  ["flag", undefined],
  ["deny", "deny"],
])("a verdict that does not come in time is an error at the deadline (on_error: %s)", async (policy, action) => {
  const config = `deadline_ms: 50\n${site}`.replace(
    "    response_check",
    `    on_error: ${policy}\n    response_check`,
  );
  await start(config, { createWorker: silentWorker });
  const started = performance.now();
  const variables = await client.ask(1, [request("q=1", [text("id", "abc")])]);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(Object.fromEntries(variables)).toMatchObject({ id: "abc", error: 1, decision: "error" });
  expect(variables.get("action")).toBe(action);
});

test("a lost worker's messages are answered, and another takes its place", async () => {
  const workers: ReturnType<typeof silentWorker>[] = [];
  const createWorker = (): WorkerLink => {
    workers.push(silentWorker());
    return workers.at(-1)!;
  };
  await start(site, { createWorker });
  client.notify(1, 1, [request("q=1")]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  workers[0]!.die();
  const answer = await client.next();
  expect(Buffer.from(answer!.payload).toString("latin1")).toContain("error");
  await eventually(() => expect(workers).toHaveLength(2));
  expect(lines.join("\n")).toContain("a worker thread was lost and is replaced");
});
