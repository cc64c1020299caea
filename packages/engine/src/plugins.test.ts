import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Waf } from "./waf.ts";
import type { OperatorDefinition } from "./operator.ts";
import { WafConfigError } from "./errors.ts";
import { createWaf } from "./waf.ts";

const guides = join(import.meta.dirname, "../../../docs/guides");
const sample = join(guides, "examples/plugins.mjs");

describe("the sample of docs/guides/plugins.md", () => {
  test("is printed as it is", () => {
    expect(readFileSync(join(guides, "plugins.md"), "utf8")).toContain(
      `\`\`\`js\n${readFileSync(sample, "utf8")}\`\`\``,
    );
  });

  test("works: operator, transformation, action and body processor", async () => {
    const { waf } = (await import(/* @vite-ignore */ sample)) as { readonly waf: Waf };
    const run = (body: string): { status: number | undefined; kept: string | undefined } => {
      const tx = waf.newTransaction();
      void tx.processRequest({ method: "POST", uri: "/", headers: [["Content-Type", "text/lines"]], body });
      return { status: tx.interruption?.status, kept: tx.variables.tx.first("text") };
    };
    expect(run("short\n1-2-3-4-5-6")).toEqual({ status: undefined, kept: undefined });
    expect(run("short\n1234-5678-9012")).toEqual({ status: 413, kept: "123456789012" });
  });
});

test("a plug-in takes the place of a built-in of its name, in its own WAF only", () => {
  const directives = 'SecRule ARGS "@streq a" "id:1,phase:1,pass,log"';
  const never = {
    name: "streq",
    summary: "Never.",
    argument: "",
    examples: [],
    compile: () => ({ match: () => false }),
  };
  const matches = (waf: Waf): number => {
    const tx = waf.newTransaction();
    void tx.processRequest({ method: "GET", uri: "/?x=a", headers: [] });
    return tx.matchedRules.length;
  };
  expect(matches(createWaf({ directives, plugins: { operators: [never] } }))).toBe(0);
  expect(matches(createWaf({ directives }))).toBe(1);
});

test("an operator of a plug-in that is cheap is compiled for each rule, as what it reads may differ", () => {
  const inWords: OperatorDefinition = {
    name: "inWords",
    summary: "In a dataset.",
    argument: "name",
    examples: [],
    compile: (argument, { dataset }) => {
      const words = dataset(argument) ?? [];
      return { match: (value) => words.includes(value), cheap: true };
    },
  };
  const directives = `
    SecAction "id:1,phase:1,pass,nolog,setvar:tx.word=b"
    SecDataset words \`
a
\`
    SecRule TX:word "@inWords words" "id:2,phase:1,pass,log"
    SecDataset words \`
b
\`
    SecRule TX:word "@inWords words" "id:3,phase:1,pass,log"`;
  const tx = createWaf({ directives, plugins: { operators: [inWords] } }).newTransaction();
  void tx.processRequest({ method: "GET", uri: "/", headers: [] });
  expect(tx.matchedRules.map(({ rule }) => rule.id)).toEqual([1, 3]);
});

test("without the plug-in its names are unknown", () => {
  expect(() => createWaf({ directives: 'SecRule ARGS "@longerThan 10" "id:1"' })).toThrow(WafConfigError);
});
