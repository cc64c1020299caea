import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FileCollectionStore } from "./file-store.ts";
import { createFileStore } from "./file-store.ts";

let directory: string;
let path: string;
let store: FileCollectionStore | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuirass-store-"));
  path = join(directory, "collections");
});
afterEach(() => {
  store?.close();
  rmSync(directory, { recursive: true, force: true });
});

const open = (): FileCollectionStore => (store = createFileStore({ path, flushMs: 5 }));

function reopen(): FileCollectionStore {
  store!.close();
  return open();
}

test("what was counted is there after a restart, byte for byte", () => {
  const bytes = "\0\xff\n key";
  open().load("IP", bytes, 100);
  store!.increment("IP", bytes, "n", 2);
  store!.increment("IP", bytes, "n", 3);
  store!.set("IP", bytes, "gone", "1");
  store!.remove("IP", bytes, "gone");
  expect(reopen().load("IP", bytes, 100)).toEqual(new Map([["n", "5"]]));
  expect(store!.increment("IP", bytes, "n", 1)).toBe(6);
});

test("times go on while the process is away", async () => {
  open().load("IP", "short", 0.1);
  store!.set("IP", "short", "a", "1");
  store!.load("USER", "u", 100);
  store!.set("USER", "u", "brief", "1");
  store!.expire("USER", "u", "brief", 0.1);
  store!.set("USER", "u", "long", "1");
  store!.close();
  await new Promise((resolve) => setTimeout(resolve, 150));
  open();
  expect(store!.load("IP", "short", 100).size).toBe(0);
  expect([...store!.load("USER", "u", 100).keys()]).toEqual(["long"]);
});

test("a line torn by a crash costs that line alone", () => {
  open().set("IP", "k", "a", "1");
  store!.close();
  appendFileSync(path, '[17,"set","IP","k","b"');
  expect(reopen().load("IP", "k", 100)).toEqual(new Map([["a", "1"]]));
});

test("changes reach the disk without closing", async () => {
  open().set("IP", "k", "a", "1");
  for (let round = 0; round < 200 && !readFileSync(path, "utf8").includes('"a"'); round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(readFileSync(path, "utf8")).toContain('"a"');
});

test("the journal does not grow with changes of the same variables", async () => {
  open();
  for (let round = 0; round < 12; round++) {
    for (let count = 0; count < 2000; count++) store!.increment("GLOBAL", "all", "n", 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(readFileSync(path, "utf8").split("\n").length).toBeLessThan(14_000);
  expect(reopen().load("GLOBAL", "all", 100).get("n")).toBe("24000");
});

test("two users of one file are refused, and a lock left by a dead process is not", () => {
  open();
  expect(() => createFileStore({ path })).toThrow(/is used by process/);
  store!.close();
  expect(existsSync(`${path}.lock`)).toBe(false);
  // No process has this number on Linux.
  writeFileSync(`${path}.lock`, "4194305");
  open();
});
