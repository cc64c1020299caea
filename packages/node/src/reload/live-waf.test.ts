import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ReloadResult } from "./live-waf.ts";
import { createNodeHost } from "../host.ts";
import { locateRuleSet, ruleSetFileSystem, ruleSetSources } from "../rule-sets.ts";
import { LiveWaf } from "./live-waf.ts";

// A busy machine is no broken one.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let directory: string;
let live: LiveWaf | undefined;
const results: ReloadResult[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuirass-live-"));
  results.length = 0;
});
afterEach(() => {
  live?.close();
  rmSync(directory, { recursive: true, force: true });
});

const rule = (id: number, word: string): string => `SecRule ARGS "@streq ${word}" "id:${id},phase:1,deny,status:403"\n`;

function start(file = join(directory, "rules.conf")): LiveWaf {
  live = new LiveWaf({
    configure: (files) => ({ directives: { file }, host: createNodeHost({ fileSystem: files }) }),
    onReload: (result) => results.push(result),
  });
  return live;
}

async function blocks(waf: LiveWaf["waf"], word: string): Promise<boolean> {
  const tx = waf.newTransaction();
  return (await tx.processRequest({ method: "GET", uri: `/?a=${word}`, headers: [] })) !== undefined;
}

async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 2000 && !condition(); round++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
}

test("new rules replace the old ones and the difference is told", async () => {
  writeFileSync(join(directory, "rules.conf"), rule(1, "one") + rule(2, "two") + rule(3, "three"));
  const waf = start();
  writeFileSync(join(directory, "rules.conf"), rule(1, "one") + rule(2, "zwei") + rule(4, "four"));
  const result = await waf.reload("call");
  expect(result).toMatchObject({
    ok: true,
    ruleCount: 3,
    changes: { added: [4], removed: [3], altered: [2], settings: [] },
    message: "rules: 1 added (4), 1 removed (3), 1 altered (2)",
  });
  expect(await blocks(waf.waf, "four")).toBe(true);
  expect(await blocks(waf.waf, "two")).toBe(false);
});

test("an exclusion alters a rule whose text stays, a setting is told by name", async () => {
  writeFileSync(join(directory, "rules.conf"), rule(1, "one"));
  const waf = start();
  writeFileSync(
    join(directory, "rules.conf"),
    `${rule(1, "one")}SecRuleUpdateTargetById 1 "!ARGS:free"\nSecRuleEngine DetectionOnly\n`,
  );
  const { changes } = await waf.reload();
  expect(changes).toMatchObject({ altered: [1], settings: expect.arrayContaining(["ruleEngine"]) as unknown });
});

test("traffic that warmed the patterns does not make rules look altered", async () => {
  writeFileSync(join(directory, "rules.conf"), 'SecRule ARGS|!ARGS:/^x/ "@rx a+b" "id:1,phase:1,deny"\n');
  const waf = start();
  await blocks(waf.waf, "aaab");
  expect((await waf.reload()).changes).toMatchObject({ added: [], removed: [], altered: [], settings: [] });
});

test("broken rules are refused with their place and the old ones stay", async () => {
  const file = join(directory, "rules.conf");
  writeFileSync(file, rule(1, "one"));
  const waf = start();
  const before = waf.waf;
  writeFileSync(file, `${rule(1, "one")}SecRule ARGS "@rx (" "id:2,phase:1,deny"\n`);
  const result = await waf.reload();
  expect(result.ok).toBe(false);
  expect(result.message).toContain(`${file}:2`);
  expect(waf.waf).toBe(before);
});

test("a rule file that turns up empty does not take the protection away", async () => {
  writeFileSync(join(directory, "rules.conf"), rule(1, "one"));
  const waf = start();
  writeFileSync(join(directory, "rules.conf"), "");
  expect((await waf.reload()).message).toContain("no rule at all");
  expect(await blocks(waf.waf, "one")).toBe(true);
});

test("nor does one that leaves only the recommended settings", async () => {
  const file = join(directory, "rules.conf");
  writeFileSync(file, rule(1, "one"));
  live = new LiveWaf({
    configure: (files) => {
      const ruleSet = locateRuleSet({ rules: file });
      const fileSystem = ruleSetFileSystem(ruleSet, files);
      return { directives: ruleSetSources(ruleSet, {}), host: createNodeHost({ fileSystem }) };
    },
  });
  writeFileSync(file, "");
  expect((await live.reload()).message).toContain("no rule at all");
  expect(await blocks(live.waf, "one")).toBe(true);
});

test("a transaction ends on the rules it began with", async () => {
  writeFileSync(
    join(directory, "rules.conf"),
    'SecRequestBodyAccess On\nSecRule ARGS "@streq one" "id:1,phase:2,deny"\n',
  );
  const waf = start();
  const tx = waf.waf.newTransaction();
  tx.processUri("/?a=one", "GET", "HTTP/1.1");
  await tx.processRequestHeaders();
  writeFileSync(join(directory, "rules.conf"), rule(2, "two"));
  expect((await waf.reload()).ok).toBe(true);
  expect((await tx.processRequestBody())?.ruleId).toBe(1);
});

test("counters of rules survive a reload", async () => {
  const counting =
    'SecAction "id:1,phase:1,pass,nolog,initcol:global=all,setvar:global.n=+1"\n' +
    'SecRule GLOBAL:n "@ge 2" "id:2,phase:1,deny"\n';
  writeFileSync(join(directory, "rules.conf"), counting);
  const waf = start();
  expect(await blocks(waf.waf, "x")).toBe(false);
  await waf.reload();
  expect(await blocks(waf.waf, "x")).toBe(true);
});

test("reloads asked for while one runs become one more", async () => {
  writeFileSync(join(directory, "rules.conf"), rule(1, "one"));
  const waf = start();
  await Promise.all([waf.reload(), waf.reload(), waf.reload(), waf.reload()]);
  expect(results).toHaveLength(2);
});

test("other work goes on while rules are compiled", async () => {
  const write = (word: string): void =>
    writeFileSync(
      join(directory, "rules.conf"),
      Array.from(
        { length: 2000 },
        (_, id) => `SecRule ARGS "@rx (?i)${word}${id}[a-z]{2,9}\\d+" "id:${id + 1},phase:1,deny"`,
      ).join("\n"),
    );
  write("first");
  const waf = start();
  // Other words, so that nothing of the rules before can be used again.
  write("second");
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  await waf.reload();
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(2);
});

test("a link moved as Kubernetes moves it is noticed", async () => {
  const [first, second] = [join(directory, "..v1"), join(directory, "..v2")];
  for (const [folder, word] of [
    [first, "one"],
    [second, "two"],
  ] as const) {
    mkdirSync(folder);
    writeFileSync(join(folder, "rules.conf"), rule(1, word));
  }
  symlinkSync("..v1", join(directory, "..data"));
  symlinkSync("..data/rules.conf", join(directory, "rules.conf"));
  const waf = start();
  waf.watch({ pollMs: 20 });
  symlinkSync("..v2", join(directory, "..data_tmp"));
  renameSync(join(directory, "..data_tmp"), join(directory, "..data"));
  await until(() => results.length > 0);
  expect(results[0]).toMatchObject({ trigger: "files", ok: true, changes: { altered: [1] } });
  expect(await blocks(waf.waf, "two")).toBe(true);
});

test("a file that joins a folder of rules is noticed, and so is the correction of a broken one", async () => {
  writeFileSync(join(directory, "a.conf"), rule(1, "one"));
  const waf = start(join(directory, "*.conf"));
  waf.watch({ pollMs: 20 });
  writeFileSync(join(directory, "b.conf"), "SecRul broken\n");
  await until(() => results.length === 1);
  expect(results[0]!.ok).toBe(false);
  writeFileSync(join(directory, "b.conf"), rule(2, "two"));
  await until(() => results.length === 2);
  expect(results[1]).toMatchObject({ ok: true, changes: { added: [2] } });
});
