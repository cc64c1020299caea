// The facts in docs/data, checked against the registries and the tests.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as registries from "@cuirass/engine/registries";

const names = (...lists) => lists.flat().map(({ name }) => name);

/** Every name that docs/data/support.json must hold a row for, by kind. */
const known = {
  directives: names(registries.directives, registries.grammarDirectives),
  variables: names(registries.variableTable),
  operators: names(registries.operators, registries.unsupportedOperators),
  transformations: names(registries.transformations),
  actions: names(registries.actions, registries.unsupportedActions),
  ctl: names(registries.ctlOptions),
};

/** What Coraza and ModSecurity 3 do with each name: `{ directives: { SecRule: ["yes", "yes", note?] } }`. */
export function readSupport(root) {
  const support = JSON.parse(readFileSync(join(root, "docs/data/support.json"), "utf8"));
  const problems = [];
  for (const [kind, list] of Object.entries(known)) {
    const rows = support[kind] ?? {};
    for (const name of list) if (rows[name] === undefined) problems.push(`${kind}: no row for ${name}`);
    for (const name of Object.keys(rows)) if (!list.includes(name)) problems.push(`${kind}: ${name} does not exist`);
  }
  if (problems.length > 0) throw new Error(`docs/data/support.json:\n${problems.join("\n")}`);
  return support;
}

/** Deliberate differences, each with the files of the tests that prove it. */
export function readDifferences(root) {
  const differences = JSON.parse(readFileSync(join(root, "docs/data/differences.json"), "utf8"));
  const tests = testFiles(root).map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));
  return differences.map((difference) => ({
    ...difference,
    tests: difference.tests.map((title) => {
      const quoted = JSON.stringify(title);
      const holders = tests.filter(({ text }) => text.includes(`test(${quoted}`));
      if (holders.length === 1) return { title, file: holders[0].file };
      throw new Error(`docs/data/differences.json: ${holders.length} tests are named ${quoted}`);
    }),
  }));
}

function testFiles(root) {
  return readdirSync(join(root, "packages")).flatMap((name) =>
    readdirSync(join(root, "packages", name, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => `packages/${name}/src/${file}`)
      .sort(),
  );
}
