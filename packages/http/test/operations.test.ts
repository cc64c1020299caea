import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import * as node from "@cuirass/node";
import type { HttpDecision } from "@cuirass/http";
import { createHttpWaf } from "@cuirass/http";
import { cuirass } from "@cuirass/http/node-http";
import { cleanUp, exchange, get, listen } from "./support.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cuirass-http-operations-"));
  cleanUp(() => rmSync(folder, { recursive: true }));
});

function write(id: number, word: string): void {
  writeFileSync(
    join(folder, "rules.conf"),
    `SecRuleEngine On
SecAuditEngine RelevantOnly
SecAuditLogFormat JSON
SecAuditLogParts ABHKZ
SecAuditLog ${folder}/audit.log
SecRule ARGS:q "@contains ${word}" "id:${id},phase:1,deny,log,auditlog,logdata:'%{MATCHED_VAR}'"
`,
  );
}

const entries = (): string[] => readFileSync(join(folder, "audit.log"), "utf8").trimEnd().split("\n");

test("the ports of a service, masking and reloads hold for the adapters", async () => {
  write(1, "first");
  const metrics = new node.WafMetrics();
  const logger = { log: () => undefined };
  const operations = await node.openOperations({ metrics, logger, masking: { arguments: ["q"] } });
  const live = new node.LiveWaf({
    configure: (files) => ({
      ...operations.config,
      directives: { file: join(folder, "rules.conf") },
      host: node.createNodeHost({ ...operations.config.host, fileSystem: files }),
      plugins: { auditWriters: node.supportedAuditWriters },
    }),
  });
  const seen: HttpDecision[] = [];
  const hooks = { blocked: () => undefined, decision: (decision: HttpDecision) => void seen.push(decision) };
  const waf = createHttpWaf({ waf: () => live.waf, metrics, hooks });
  const port = await listen(createServer(cuirass((_request, response) => response.end("hello"), waf)));

  expect((await exchange(port, get("/?q=firstSecret"))).status).toBe(403);
  write(2, "second");
  expect(await live.reload()).toMatchObject({ ok: true });
  expect((await exchange(port, get("/?q=second"))).status).toBe(403);
  expect((await exchange(port, get("/?q=first"))).status).toBe(200);
  await expect.poll(() => seen.length).toBe(3);
  await operations.close();
  live.close();

  expect(await metrics.registry.metrics()).toContain('cuirass_audit_entries_total{writer="serial",result="written"} 2');
  expect(entries()).toHaveLength(2);
  expect(JSON.stringify(seen[0]!.matchedRules) + entries().join("")).not.toContain("firstSecret");
});

test("audit entries of worker threads are written before the threads end", async () => {
  write(1, "first");
  const waf = createHttpWaf({ rules: join(folder, "rules.conf"), workers: 1, hooks: { blocked: () => undefined } });
  cleanUp(() => waf.close());
  await waf.ready();
  const port = await listen(createServer(cuirass((_request, response) => response.end("hello"), waf)));
  for (let count = 0; count < 5; count++) expect((await exchange(port, get("/?q=first"))).status).toBe(403);
  await waf.close();
  expect(entries()).toHaveLength(5);
});
