import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { compileWith, exampleEnvironment } from "../testing/fake-context.ts";
import { FakeState } from "../testing/fake-state.ts";
import { findOperator, operators, unsupportedOperators } from "./index.ts";

describe.each(operators)("@$name", (operator) => {
  test.each(operator.examples)("$title", async (example) => {
    const matcher = compileWith(operator, example.argument, exampleEnvironment);
    expect(await matcher.match(example.input, new FakeState())).toBe(example.matches);
    expect(await matcher.match(example.input, new FakeState({ capturing: true }))).toBe(example.matches);
  });

  test("locates every example that matches, and no other", () => {
    for (const example of operator.examples) {
      const { locate } = compileWith(operator, example.argument, exampleEnvironment);
      if (locate === undefined) continue;
      const span = locate(example.input);
      if (!example.matches) expect(span).toBeUndefined();
      else if (span !== undefined) expect(span[0] <= span[1] && span[1] <= example.input.length).toBe(true);
    }
  });

  test("has a summary and an example", () => {
    expect(operator.summary).toMatch(/^[A-Z].*\.$/s);
    expect(operator.examples.length).toBeGreaterThan(0);
  });
});

describe("the list", () => {
  test("holds every file of the folder", () => {
    const folder = fileURLToPath(new URL(".", import.meta.url));
    const files = readdirSync(folder).filter((name) => /(?<!\.test)\.ts$/.test(name));
    const operatorFiles = files.filter((name) => name !== "index.ts" && name !== "unsupported.ts");
    const named = operatorFiles.map(
      (name) => /: OperatorDefinition = \{\s+name: "(\w+)"/.exec(readFileSync(folder + name, "utf8"))?.[1],
    );
    expect(named.toSorted()).toEqual(operators.map((operator) => operator.name).toSorted());
  });

  test("has no name twice, in any case", () => {
    const names = operators.flatMap((operator) => [operator.name, ...(operator.aliases ?? [])]);
    const all = [...names, ...unsupportedOperators.map((operator) => operator.name)].map((name) => name.toLowerCase());
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("findOperator", () => {
  test("knows names and aliases in any case", () => {
    expect(findOperator("detectSQLi")?.name).toBe("detectSQLi");
    expect(findOperator("detectsqli")?.name).toBe("detectSQLi");
    expect(findOperator("PMF")?.name).toBe("pmFromFile");
    expect(findOperator("ipMatchF")?.name).toBe("ipMatchFromFile");
  });

  test("does not know operators that are refused by name", () => {
    for (const { name } of unsupportedOperators) expect(findOperator(name)).toBeUndefined();
    expect(findOperator("")).toBeUndefined();
  });
});
