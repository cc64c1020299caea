import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createWaf, overlayFiles } from "@cuirass/engine";
import { createAuditSink } from "./audit-writers/index.ts";
import { DecisionRing } from "./decision-ring.ts";
import { describeDecision } from "./decision.ts";
import { expandGlob, nodeFileSystem } from "./file-system.ts";
import { createNodeHost } from "./host.ts";
import { nodeProgramRunner } from "./program-runner.ts";
import { nodeTempStorage } from "./temp-storage.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuirass-host-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("files", () => {
  test("a missing file is undefined, a folder is a fault", () => {
    expect(nodeFileSystem.readFile(join(directory, "none"))).toBeUndefined();
    expect(() => nodeFileSystem.readFile(directory)).toThrow();
  });

  test("globs match within folders, sorted, without hidden files", () => {
    for (const name of ["b.conf", "a.conf", "c.data", ".d.conf", "e1.conf"]) writeFileSync(join(directory, name), "");
    const names = (pattern: string): string[] =>
      expandGlob(join(directory, pattern)).map((path) => path.slice(directory.length + 1));
    expect(names("*.conf")).toEqual(["a.conf", "b.conf", "e1.conf"]);
    expect(names("[ab].conf")).toEqual(["a.conf", "b.conf"]);
    expect(names("?1.conf")).toEqual(["e1.conf"]);
    expect(names("none*")).toEqual([]);
  });

  test("virtual names are laid over real ones, whatever stands before the @", () => {
    writeFileSync(join(directory, "x.conf"), "real");
    const layered = overlayFiles(
      nodeFileSystem,
      new Map([["@a", Buffer.from("virtual")]]),
      new Map([["@folder", directory]]),
    );
    const text = (path: string): string => Buffer.from(layered.readFile(path)!).toString();
    expect(text("@a")).toBe("virtual");
    expect(text("/etc/waf/@a")).toBe("virtual");
    expect(text("@folder/x.conf")).toBe("real");
    expect(layered.glob("@folder/*.conf")).toEqual(["@folder/x.conf"]);
  });
});

test("a temporary file keeps what is appended and goes away when closed", () => {
  const file = nodeTempStorage.create({ directory, prefix: "body" });
  file.append(Buffer.from("hello "));
  file.append(Buffer.from("world"));
  expect(Buffer.from(file.read(6, 100)).toString()).toBe("world");
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  file.close(false);
  file.close(false);
  expect(existsSync(file.path)).toBe(false);
});

test("a large body spills to a file that the transaction removes", () => {
  const waf = createWaf({
    directives: "SecRequestBodyAccess On\nSecRequestBodyInMemoryLimit 10\n",
    host: createNodeHost({ tempStorage: { create: (options) => nodeTempStorage.create({ ...options, directory }) } }),
  });
  const tx = waf.newTransaction();
  void tx.processRequestHeaders();
  void tx.writeRequestBody("12345678");
  expect(tx.requestBody.spilled).toBe(false);
  void tx.writeRequestBody("90abc");
  expect(tx.requestBody.spilled).toBe(true);
  expect(readdirSync(directory)).toHaveLength(1);
  expect(tx.requestBody.text()).toBe("1234567890abc");
  tx.close();
  expect(readdirSync(directory)).toHaveLength(0);
});

describe("audit entries", () => {
  async function audited(type: string): Promise<void> {
    const auditSink = createAuditSink();
    const waf = createWaf({
      directives: `SecRuleEngine On\nSecAuditEngine On\nSecAuditLog ${directory}/audit.log\nSecAuditLogType ${type}\nSecAuditLogStorageDir ${directory}/entries\nSecAuditLogFormat JSON\nSecAuditLogParts ABHKZ\nSecAction "id:1,phase:1,deny,log,auditlog,msg:'m'"\n`,
      host: createNodeHost({ auditSink }),
      plugins: { auditWriters: ["concurrent"] },
    });
    const tx = waf.newTransaction({ id: "../evil/id" });
    void tx.processRequest({ method: "GET", uri: "/", headers: [["Host", "a"]] });
    void tx.processLogging();
    tx.close();
    await auditSink.close();
  }

  test("go to one file in serial mode", async () => {
    await audited("Serial");
    const [line] = readFileSync(join(directory, "audit.log"), "utf8").split("\n");
    expect(JSON.parse(line!)).toMatchObject({
      transaction: { id: "../evil/id", is_interrupted: true },
      messages: [{ message: "m" }],
    });
  });

  test("A36 go to a file each in concurrent mode, whose name a request cannot choose", async () => {
    await audited("Concurrent");
    const index = readFileSync(join(directory, "audit.log"), "utf8").trimEnd();
    expect(index.split("\n")).toHaveLength(1);
    const path = index.slice(index.lastIndexOf(" ") + 1);
    expect(path).toMatch(/\/\d{8}\/\d{8}-\d{4}\/\d{8}-\d{6}-___evil_id$/);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ transaction: { id: "../evil/id" } });
  });
});

test("a program's exit code and output come back, a missing program gives nothing", async () => {
  expect(await nodeProgramRunner.run("/bin/echo", ["hi"], 1000)).toEqual({ exitCode: 0, output: "hi\n" });
  expect(await nodeProgramRunner.run("/nonexistent", [], 1000)).toBeUndefined();
});

test("a decision tells variable, transformations, bytes and score changes", () => {
  const waf = createWaf({
    directives: `SecRuleEngine On
SecRule ARGS:q "@rx evil" "id:7,phase:1,t:none,t:lowercase,pass,log,msg:'found',setvar:tx.anomaly_score=+5"
SecRule TX:anomaly_score "@ge 5" "id:8,phase:1,deny,log,msg:'too high'"`,
  });
  const tx = waf.newTransaction();
  void tx.processRequest({ method: "GET", uri: "/?q=so+EVIL", headers: [["Host", "h"]] });
  const decision = describeDecision(tx, 403);
  expect(decision).toMatchObject({
    verdict: "blocked",
    host: "h",
    interruption: { ruleId: 8 },
    scores: { anomaly_score: "5" },
  });
  expect(decision.rules[0]).toMatchObject({
    id: 7,
    message: "found",
    matches: [
      { variable: "ARGS:q", original: "so EVIL", value: "so evil", transformations: ["lowercase"], span: [3, 7] },
    ],
    scores: [{ name: "anomaly_score", before: "", after: "5" }],
  });
});

test("the ring keeps the latest decisions", () => {
  const waf = createWaf({ directives: "" });
  const ring = new DecisionRing(2);
  const ids = ["a", "b", "c"];
  for (const id of ids) ring.add(describeDecision(waf.newTransaction({ id }), 200));
  expect(ids.map((id) => ring.find(id)?.id)).toEqual([undefined, "b", "c"]);
  expect(ring.latest(5).map(({ id }) => id)).toEqual(["c", "b"]);
});
