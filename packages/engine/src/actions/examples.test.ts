import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { compileActions } from "../testing/fake-transaction.ts";
import { ctlOptions } from "./ctl/index.ts";
import { actions, findAction, unsupportedActions } from "./index.ts";

const host = { programRunner: { run: () => ({ exitCode: 0, output: "" }) } };

describe.each(actions)("$name", (action) => {
  test("its example compiles", () => {
    expect(action.example.split(":")[0]).toBe(action.name);
    expect(compileActions(action.example, {}, host)).toBeDefined();
  });

  test("has a summary in one sentence or two", () => {
    expect(action.summary).toMatch(/^[A-Z].*\.$/);
  });
});

test.each(ctlOptions)("ctl:$name compiles its example and says what it does", ({ name, example, summary }) => {
  expect(compileActions(`ctl:'${name}=${example}'`).evaluators).toHaveLength(1);
  expect(summary).toMatch(/^[A-Z].*\.$/);
});

describe("the list", () => {
  test("holds every file of the folder", () => {
    const folder = fileURLToPath(new URL(".", import.meta.url));
    const texts = readdirSync(folder)
      .filter((name) => /(?<!\.test)\.ts$/.test(name))
      .map((name) => readFileSync(folder + name, "utf8"));
    const named = texts
      .flatMap((text) => [...text.matchAll(/: ActionDefinition = \{\s+name: "(\w+)"/g)])
      .map((match) => match[1]!);
    expect(named.toSorted()).toEqual(actions.map((action) => action.name).toSorted());
  });

  test("has no name twice, in any case", () => {
    const names = actions.flatMap((action) => [action.name, ...(action.aliases ?? [])]);
    const all = [...names, ...unsupportedActions.map((action) => action.name)].map((name) => name.toLowerCase());
    expect(new Set(all).size).toBe(all.length);
  });

  test("knows names and both spellings in any case", () => {
    expect(findAction("skipafter")?.name).toBe("skipAfter");
    expect(findAction("MULTIMATCH")?.name).toBe("multiMatch");
    expect(findAction("sanitizeArg")?.name).toBe("sanitiseArg");
    expect(findAction("append")).toBeUndefined();
  });

  test("tells for every refused action what to do instead", () => {
    expect(unsupportedActions.map((action) => action.name).toSorted()).toEqual(["append", "pause", "prepend", "proxy"]);
    for (const { reason, hint } of unsupportedActions) expect([reason, hint]).not.toContain("");
  });
});
