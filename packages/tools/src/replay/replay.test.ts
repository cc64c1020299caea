import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTraffic } from "../traffic/open-traffic.ts";
import { replay } from "./replay.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuirass-replay-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (name: string, text: string): string => {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
};
const rule = (pattern: string): string =>
  `SecRuleEngine On\nSecRule ARGS "@rx ${pattern}" "id:1,phase:2,deny,log,t:none"\n`;
const requests = (...queries: string[]): string =>
  queries
    .map((query) => `${JSON.stringify({ method: "GET", uri: `/?q=${query}`, headers: { Host: "h" } })}\n`)
    .join("");

test("tells which verdicts a changed rule set changes", async () => {
  const traffic = write("t.jsonl", requests("old", "new", "other"));
  const shares: number[] = [];
  const report = await replay(openTraffic([traffic]), {
    current: { rules: write("a.conf", rule("old")) },
    changed: { rules: write("b.conf", rule("new")) },
    workers: 0,
    onProgress: (share) => shares.push(share),
  });
  expect(report).toMatchObject({
    exchanges: 3,
    compared: "changed",
    newlyBlocked: 1,
    newlyPassed: 1,
    current: { blocked: 1, passed: 2 },
  });
  expect(report.differences.map(({ request, before, after }) => [request, before.action, after.action])).toEqual([
    ["GET /?q=old", "blocked", "passed"],
    ["GET /?q=new", "passed", "blocked"],
  ]);
  expect(shares.at(-1)).toBe(1);
});

test("without changed rules the verdicts of audit entries are what is compared with", async () => {
  const entry = (blocked: boolean): string =>
    JSON.stringify({
      transaction: {
        id: String(blocked),
        is_interrupted: blocked,
        request: { method: "GET", uri: "/?q=x", headers: {} },
      },
    });
  const report = await replay(openTraffic([write("audit.log", `${entry(true)}\n${entry(false)}\n`)]), {
    current: { rules: write("a.conf", rule("y")) },
    workers: 0,
  });
  expect(report).toMatchObject({ exchanges: 2, compared: "recorded", newlyPassed: 1, newlyBlocked: 0 });
});

test("a broken record costs no more than itself", async () => {
  const traffic = write("t.jsonl", `${requests("a")}{"no":"request"}\n${requests("b")}`);
  const report = await replay(openTraffic([traffic]), { current: { rules: write("a.conf", rule("a")) }, workers: 0 });
  expect(report).toMatchObject({ exchanges: 2, unreadableCount: 1, current: { blocked: 1 } });
  expect(report.unreadable[0]).toContain("t.jsonl#2: neither an entry of an audit log");
});
