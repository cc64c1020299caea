import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { createSource, parse, print } from "./index.ts";
import type { Source } from "./index.ts";

const root = resolve(import.meta.dirname, "../../..");
const crs = resolve(root, process.env["CUIRASS_SHARED"] ?? "../shared", "crs/4.28.0");
const isPresent = existsSync(crs);
if (!isPresent) console.log(`skipped: no OWASP CRS at ${crs}`);

function readCrs(): Source[] {
  const files = readdirSync(join(crs, "rules")).filter((name) => /\.conf(?:\.example)?$/.test(name));
  return ["crs-setup.conf.example", ...files.map((name) => join("rules", name))].map((name) =>
    createSource(name, readFileSync(join(crs, name), "latin1")),
  );
}

test.runIf(isPresent)("the OWASP CRS parses without a finding", () => {
  const results = readCrs().map((source) => parse(source));
  expect(results.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  const rules = results.flatMap(({ document }) => document.directives).filter(({ kind }) => kind === "rule");
  expect(rules.length).toBeGreaterThan(500);
});

test.runIf(isPresent)("the whole OWASP CRS is parsed in less than 100 ms", () => {
  const sources = readCrs();
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    for (const source of sources) parse(source);
    return performance.now() - start;
  });
  expect(Math.min(...times)).toBeLessThan(100);
});

test.runIf(isPresent)("the OWASP CRS printed and parsed again is printed alike", () => {
  for (const source of readCrs()) {
    const printed = print(parse(source).document);
    const again = parse(createSource(source.name, printed));
    expect(again.diagnostics).toEqual([]);
    expect(print(again.document)).toBe(printed);
  }
});
