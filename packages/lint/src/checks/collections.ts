import type { ActionNode, Span } from "@cuirass/seclang";
import type { Findings } from "../finding.ts";
import type { RuleModel } from "../rule-model.ts";
import { nameOf } from "../rule-model.ts";

const openers: ReadonlyMap<string, string> = new Map([
  ["setsid", "SESSION"],
  ["setuid", "USER"],
  ["setrsc", "RESOURCE"],
]);
const collections: ReadonlySet<string> = new Set(["GLOBAL", "IP", "SESSION", "USER", "RESOURCE"]);

/** Collections that last and that nothing opens, so that reading finds nothing and writing is lost; captures of nothing. */
export function checkCollections({ chains }: RuleModel, findings: Findings): void {
  const opened = new Set<string>();
  const uses: { name: string; span: Span }[] = [];
  for (const chain of chains) {
    let captures = false;
    for (const { node, level } of chain.links) {
      for (const action of node.actions) {
        const name = openedBy(action);
        if (name !== undefined) opened.add(name);
        const written =
          action.name === "setvar" ? /^!?([a-z]+)\./i.exec(action.value ?? "")?.[1]?.toUpperCase() : undefined;
        if (written !== undefined && collections.has(written)) uses.push({ name: written, span: action.span });
      }
      if (node.kind === "rule") {
        for (const { variable, selector, negated, span } of node.targets) {
          const name = variable.toUpperCase();
          if (negated) continue;
          if (collections.has(name)) uses.push({ name, span });
          if (level === 0 || name !== "TX" || captures || selector?.kind !== "key" || !/^\d$/.test(selector.value))
            continue;
          findings.add(
            "LINT_CAPTURE_MISSING",
            `no earlier rule of the chain of ${nameOf(chain)} captures TX:${selector.value}`,
            span,
            {
              hint: "add capture to the rule whose match is meant",
            },
          );
        }
      }
      captures ||= node.actions.some(({ name }) => name === "capture");
    }
  }
  for (const { name, span } of uses.filter((use) => !opened.has(use.name))) {
    const how = [...openers].find(([, collection]) => collection === name)?.[0];
    findings.add("LINT_COLLECTION_NOT_OPENED", `nothing opens the collection ${name}`, span, {
      hint: `add a rule of phase 1 with initcol:${name.toLowerCase()}=...${how === undefined ? "" : `, or ${how}:...`}`,
    });
  }
}

function openedBy({ name, value = "" }: ActionNode): string | undefined {
  if (name !== "initcol") return openers.get(name);
  return value.slice(0, value.indexOf("=")).trim().toUpperCase();
}
