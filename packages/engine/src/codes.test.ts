import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { codes as seclangCodes } from "@cuirass/seclang";
import { expect, test } from "vitest";
import { codes } from "./codes.ts";

const root = join(import.meta.dirname, "../../..");

/** Codes that the sources of all packages write out, tables aside. */
function writtenCodes(): Set<string> {
  const found = new Set<string>();
  for (const name of readdirSync(join(root, "packages"))) {
    const source = join(root, "packages", name, "src");
    for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts") || file.endsWith(".test.ts") || file.endsWith("codes.ts")) continue;
      const text = readFileSync(join(source, file), "utf8");
      for (const [, code] of text.matchAll(/"((?:WAF|SECLANG)_[A-Z_]+)"/g)) found.add(code!);
    }
  }
  return found;
}

test("every code of an error or diagnostic is in a table, and every code of a table is used", () => {
  const tabled = [...Object.keys(codes), ...Object.keys(seclangCodes)];
  expect([...writtenCodes()].toSorted()).toEqual(tabled.toSorted());
});

test("docs/reference/errors.md has a row for every code, and no other", () => {
  const page = readFileSync(join(root, "docs/reference/errors.md"), "utf8");
  const rows = [...page.matchAll(/^\| `((?:WAF|SECLANG)_[A-Z_]+)` \| \S/gm)].map((match) => match[1]!);
  expect(rows).toEqual([...Object.keys(seclangCodes), ...Object.keys(codes)]);
});

test("meanings are sentences", () => {
  for (const meaning of Object.values(codes)) expect(meaning).toMatch(/^(?:[A-Z]|`\w).*\.$/);
});
