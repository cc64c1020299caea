// COMPATIBILITY.md is made from docs/data/differences.json; this keeps that list and the tests that prove it together.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Difference {
  /** Number of a defect of Coraza; absent for other differences. */
  readonly id?: string;
  readonly subject: string;
  readonly cuirass: string;
  readonly tests: readonly string[];
}

const root = join(import.meta.dirname, "../../../..");
const differences = JSON.parse(readFileSync(join(root, "docs/data/differences.json"), "utf8")) as Difference[];

/** Titles of all tests that say they prove a difference. */
function provingTests(): string[] {
  const packages = join(root, "packages");
  return readdirSync(packages).flatMap((name) => {
    const source = join(packages, name, "src");
    return readdirSync(source, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .flatMap((file) => [
        ...readFileSync(join(source, file), "utf8").matchAll(/\btest\("((?:A\d+|Compat:) [^"\n]+)"/g),
      ])
      .map((match) => match[1]!);
  });
}

test("every test that proves a difference has a row, and every row names tests that exist", () => {
  const named = differences.flatMap(({ tests }) => tests);
  expect(named.toSorted()).toEqual(provingTests().toSorted());
  expect(new Set(named).size).toBe(named.length);
});

test("every defect has its row, and is proved by a test of its number", () => {
  // 34, 37 and 38 are about the implementation of Coraza and cannot occur.
  const numbers = Array.from({ length: 36 }, (_, index) => `A${index + 1}`).filter((id) => id !== "A34");
  expect(differences.flatMap(({ id }) => id ?? [])).toEqual(numbers);
  for (const { id, tests } of differences) {
    if (id !== undefined) expect(tests.some((title) => title.startsWith(`${id} `))).toBe(true);
  }
});

test("every row says what differs and what happens here", () => {
  for (const { subject, cuirass, tests } of differences) {
    for (const text of [subject, cuirass]) expect(text).toMatch(/^\S.*\.$/);
    expect(tests).not.toEqual([]);
  }
});
