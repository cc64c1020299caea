import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createWaf } from "@cuirass/engine";
import { nodeFileSystem } from "../file-system.ts";
import { createNodeHost } from "../host.ts";
import { openSnapshot, recordSnapshot } from "./file-snapshot.ts";

test("rules compile the same from a snapshot when their files are gone, also in another thread", () => {
  const folder = mkdtempSync(join(tmpdir(), "cuirass-snapshot-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "main.conf"), "Include more/*.conf\nInclude rules-?.conf\n");
  writeFileSync(join(folder, "rules-1.conf"), 'SecRule ARGS "@pmFromFile words.txt" "id:1,phase:1,deny"\n');
  writeFileSync(join(folder, "words.txt"), "attack\n");
  const recorder = recordSnapshot(nodeFileSystem);
  const compile = (fileSystem: typeof nodeFileSystem): number[] => {
    const directives = { file: join(folder, "main.conf") };
    const waf = createWaf({ directives, host: createNodeHost({ fileSystem }) });
    const tx = waf.newTransaction();
    void tx.processRequest({ method: "GET", uri: "/?a=attack", headers: [] });
    return [waf.ruleCount, tx.interruption?.ruleId ?? 0];
  };
  expect(compile(recorder.files)).toEqual([1, 1]);
  rmSync(folder, { recursive: true });
  expect(compile(openSnapshot(structuredClone(recorder.snapshot)))).toEqual([1, 1]);
});
