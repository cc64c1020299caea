// Defects of Coraza's audit entries that do not occur here; a row each in docs/data/differences.json.
import { expect, test } from "vitest";
import type { AuditEntry } from "../host.ts";
import { createWaf } from "../waf.ts";

/** The audit entry of one blocked request. */
function entry(directives: string): AuditEntry {
  const entries: AuditEntry[] = [];
  const waf = createWaf({
    directives: `SecRuleEngine On\nSecAuditEngine On\nSecAuditLog /audit\n${directives}`,
    host: { auditSink: { write: (written) => entries.push(written) } },
  });
  const tx = waf.newTransaction();
  void tx.processRequest({
    client: { address: "192.0.2.1", port: 4711 },
    method: "GET",
    uri: "/?a=attack",
    headers: [["Host", "example.com"]],
  });
  tx.addResponseHeader("X-Answer", "1");
  void tx.processResponseHeaders(200, "HTTP/1.1");
  void tx.processLogging();
  tx.close();
  expect(entries).toHaveLength(1);
  return entries[0]!;
}

const rule = `SecRule ARGS:a "@streq attack" "id:1,phase:1,pass,log,severity:CRITICAL,msg:'found'"\n`;

test("A6 the OCSF format works with part H and without K", () => {
  const { text } = entry(`${rule}SecAuditLogFormat OCSF\nSecAuditLogParts ABFHZ`);
  expect(JSON.parse(text)).toMatchObject({ class_uid: 6001, http_request: { http_method: "GET" } });
});

test("A28 the JSON format fills what is known of the exchange", () => {
  const { text, indexLine } = entry(`${rule}SecAuditLogFormat JSON\nSecAuditLogParts ABFHKZ`);
  const { transaction } = JSON.parse(text) as { transaction: unknown };
  expect(transaction).toMatchObject({
    highest_severity: "critical",
    request: { http_version: "1.1", args: { a: ["attack"] } },
    response: { protocol: "HTTP/1.1" },
  });
  expect(indexLine.trimEnd()).not.toContain("\n");
});

test("A28 OCSF times are milliseconds", () => {
  const { text } = entry(`${rule}SecAuditLogFormat OCSF\nSecAuditLogParts ABFHKZ`);
  const { time, severity_id: severity } = JSON.parse(text) as { time: number; severity_id: number };
  expect(Math.abs(Date.now() - time)).toBeLessThan(60_000);
  expect(severity).toBe(5);
});

test("A28 parts keep A and Z when ctl changes them or the default counts, and K needs no H", () => {
  const header = /^--\w+-A--/m;
  const trailer = /^--\w+-Z--/m;
  const changed = entry(`${rule}SecAction "id:2,phase:1,pass,nolog,ctl:auditLogParts=+K"`).text;
  const byDefault = entry(rule).text;
  const alone = entry(`${rule}SecAuditLogParts AKZ`).text;
  for (const text of [changed, byDefault, alone]) {
    expect(text).toMatch(header);
    expect(text).toMatch(trailer);
  }
  expect(alone).toMatch(/^--\w+-K--/m);
  expect(alone).toContain("id:1");
});
