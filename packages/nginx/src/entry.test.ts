import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Transaction, Waf } from "@cuirass/engine";
import type { Native } from "./native.ts";

const files = new Map<string, string>();
const matched: unknown[] = [];
const logged: string[] = [];
let now = 0;

/** A host in memory, with the contract of native.ts. */
const fake: Native = {
  readFile: (path) => (files.has(path) ? Buffer.from(files.get(path)!, "latin1") : undefined),
  glob: (pattern) => [...files.keys()].filter((path) => path.startsWith(pattern.replace(/\*.*/, ""))).sort(),
  isWritableDirectory: () => true,
  workingDirectory: () => "/",
  appendFile: (path, _mode, text) => void files.set(path, (files.get(path) ?? "") + text),
  makeDirectories: () => undefined,
  openTempFile: () => {
    throw new Error("no temporary files here");
  },
  writeTempFile: () => undefined,
  readTempFile: () => new Uint8Array(0),
  closeTempFile: () => undefined,
  now: () => 1_700_000_000_000,
  monotonic: () => now++ / 1000,
  cpu: () => now / 1000,
  fillRandom: (bytes) => void bytes.fill(7),
  latin1: (bytes) => Buffer.from(bytes).toString("latin1"),
  copyText: (text, into) => void Buffer.from(into.buffer, into.byteOffset, into.length).write(text, "latin1"),
  localTime: () => [2023, 11, 14, 22, 13, 20],
  log: (level, message, fields) => void logged.push(`${level} ${message} ${fields}`),
  matched: (match) => void matched.push(match),
};

type Bundle = typeof import("./waf.ts") &
  typeof import("./exchange.ts") &
  typeof import("./polyfills.ts") &
  typeof import("./warm-up.ts");
let bundle: Bundle;
const registers = new Float64Array(7);

beforeAll(async () => {
  vi.stubGlobal("native", fake);
  await import("./entry.ts");
  bundle = (globalThis as unknown as { cuirass: Bundle }).cuirass;
  bundle.attach(registers.buffer);
});

afterEach(() => {
  matched.length = 0;
  logged.length = 0;
});

const begin = (waf: Waf, uri: string, headers: string[] = []): Transaction =>
  bundle.requestHeaders(waf, "id-1", "192.0.2.1", 1, "192.0.2.2", 80, uri, "GET", "HTTP/1.1", headers, []);

describe("the bundle", () => {
  test("tells C++ of an interruption through the registers", () => {
    const waf = bundle.openWaf("a", [
      "text",
      'SecRule ARGS:q "@streq evil" "id:5,phase:1,deny,status:418,log,severity:ERROR"',
    ]);
    begin(waf, "/?q=good");
    expect([...registers.subarray(0, 3)]).toEqual([0, 0, 0]);
    const tx = begin(waf, "/?q=evil");
    expect([...registers.subarray(0, 3)]).toEqual([1, 418, 5]);
    expect(bundle.intervention(tx)).toEqual(["deny", ""]);
    expect(matched).toHaveLength(1);
    expect(bundle.matchedSeverity(matched[0] as never)).toBe(5);
    expect(bundle.matchedErrorLog(matched[0] as never)).toContain('[unique_id "id-1"]');
    bundle.finish(tx, 0);
  });

  test("says how many body bytes still fit, and that a full response body need not wait", () => {
    const waf = bundle.openWaf("b", [
      "text",
      "SecRequestBodyAccess On\nSecRequestBodyLimit 10\nSecResponseBodyAccess On\nSecResponseBodyMimeType text/html\nSecResponseBodyLimit 4",
    ]);
    const tx = begin(waf, "/");
    expect(registers[3]).toBe(1);
    expect(registers[5]).toBe(10);
    bundle.writeRequestBody(tx, new Uint8Array(4));
    expect(registers[5]).toBe(6);
    bundle.requestBody(tx, undefined);
    bundle.responseHeaders(tx, 200, "HTTP/1.1", ["content-type", "text/html"]);
    expect([registers[4], registers[6]]).toEqual([1, 4]);
    bundle.writeResponseBody(tx, new Uint8Array(4));
    expect([registers[4], registers[6]]).toEqual([0, 0]);
    bundle.responseBody(tx, undefined);
    bundle.finish(tx, 200);
  });

  test("compiles the rules of a key once and reads files and built-in names", () => {
    files.set("/rules/one.conf", 'SecAction "id:1,phase:1,pass"\n');
    const waf = bundle.openWaf("c", ["file", "/rules/*.conf", "text", "Include @coraza.conf-recommended"]);
    expect(bundle.openWaf("c", [])).toBe(waf);
    expect(bundle.ruleCount(waf)).toBeGreaterThan(1);
    bundle.dropWaf("c");
    expect(bundle.openWaf("c", ["text", 'SecAction "id:1,phase:1,pass"'])).not.toBe(waf);
  });

  test("refuses rules that need what a worker must not wait for", () => {
    const open =
      (rule: string): (() => Waf) =>
      () =>
        bundle.openWaf("d", ["text", rule]);
    expect(open('SecRule REMOTE_ADDR "@rbl example.com" "id:1,phase:1,deny"')).toThrow("resolver");
    expect(open("SecAction \"id:1,phase:1,pass,exec:'/bin/true'\"")).toThrow("programRunner");
  });

  test("writes concurrent audit entries under a name that the request does not choose", () => {
    const waf = bundle.openWaf("e", [
      "text",
      'SecAuditEngine On\nSecAuditLogType Concurrent\nSecAuditLog /log/index\nSecAuditLogStorageDir /log/data\nSecAuditLogFormat JSON\nSecAction "id:1,phase:1,pass,auditlog,log"',
    ]);
    const tx = bundle.requestHeaders(waf, "../../etc/x", "", 0, "", 0, "/", "GET", "HTTP/1.1", [], []);
    bundle.finish(tx, 403);
    const path = "/log/data/20231114/20231114-2213/20231114-221320-______etc_x";
    expect(files.get(path)).toContain("transaction");
    expect(files.get("/log/index")).toContain(path);
  });

  test("warms up without a trace", () => {
    const waf = bundle.openWaf("f", [
      "text",
      'SecAction "id:1,phase:1,pass,log,auditlog"\nSecAuditEngine On\nSecAuditLog /log/none',
    ]);
    bundle.warmUp(waf, 4, Infinity);
    expect([matched.length, logged.length, files.has("/log/none")]).toEqual([0, 0, false]);
  });

  test("brings the array methods that an older V8 lacks, and takes them away again", () => {
    const { toSorted, with: withItem } = Array.prototype;
    const { hasOwn } = Object;
    Reflect.deleteProperty(Array.prototype, "toSorted");
    Reflect.deleteProperty(Array.prototype, "with");
    Reflect.deleteProperty(Object, "hasOwn");
    try {
      bundle.installPolyfills();
      expect([3, 1, 2].toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
      expect([1, 2, 3].with(-1, 9)).toEqual([1, 2, 9]);
      expect(Object.hasOwn({ a: 1 }, "a")).toBe(true);
      bundle.removePolyfills();
      expect("toSorted" in Array.prototype).toBe(false);
    } finally {
      Object.defineProperty(Array.prototype, "toSorted", { value: toSorted, writable: true, configurable: true });
      Object.defineProperty(Array.prototype, "with", { value: withItem, writable: true, configurable: true });
      Object.defineProperty(Object, "hasOwn", { value: hasOwn, writable: true, configurable: true });
    }
  });
});
