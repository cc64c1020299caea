import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { codes, createSource, formatDiagnostic, parse } from "./index.ts";

const folder = join(import.meta.dirname, "../testdata/diagnostics");
const files = readdirSync(folder).filter((name) => name.endsWith(".conf"));

function diagnose(name: string): ReturnType<typeof parse>["diagnostics"] {
  return parse(createSource(name, readFileSync(join(folder, name), "latin1"))).diagnostics;
}

describe("findings read as reviewed in testdata/diagnostics", () => {
  test.each(files)("%s", async (name) => {
    const text = diagnose(name).map((diagnostic) => `${formatDiagnostic(diagnostic)}\n`);
    await expect(text.join("\n")).toMatchFileSnapshot(join(folder, name.replace(/conf$/, "txt")));
  });
});

test("every code of the table is shown by a file, and no other code is used", () => {
  const used = new Set(files.flatMap((name) => diagnose(name).map(({ code }) => code)));
  expect(used).toEqual(new Set(Object.keys(codes)));
});

test("messages are sentences", () => {
  for (const { message } of files.flatMap(diagnose)) expect(message).toMatch(/^[A-Z].*\.$/);
});
