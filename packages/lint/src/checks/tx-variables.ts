import type { ActionNode } from "@cuirass/seclang";
import { nearestName } from "@cuirass/seclang";
import type { Findings } from "../finding.ts";
import type { RuleModel } from "../rule-model.ts";
import { nameOf } from "../rule-model.ts";

/**
 * Rules that read a TX variable which nothing sets. In a file of rules alone, which may be meant to be read after another
 * one, only where a variable with nearly the same name is set.
 */
export function checkTxVariables({ chains, settings }: RuleModel, findings: Findings): void {
  const isWhole = settings.some(({ name }) => name.toLowerCase() === "secruleengine");
  const exact = new Set<string>();
  const patterns: RegExp[] = [];
  for (const { links } of chains) {
    for (const { node } of links) {
      for (const action of node.actions) {
        const name = writtenName(action);
        if (name === undefined) continue;
        if (!name.includes("%{")) exact.add(name);
        else
          patterns.push(
            new RegExp(
              `^${name
                .split(/%\{[^}]*\}/)
                .map(escape)
                .join(".*")}$`,
            ),
          );
      }
    }
  }
  const isSet = (name: string): boolean =>
    /^\d+$/.test(name) || exact.has(name) || patterns.some((pattern) => pattern.test(name));
  if (exact.size === 0) return;
  const counted = countedNames(chains);
  for (const chain of chains) {
    for (const { node } of chain.links) {
      if (node.kind !== "rule") continue;
      for (const { variable, selector, negated, count, span } of node.targets) {
        if (negated || count || variable.toUpperCase() !== "TX" || selector?.kind !== "key") continue;
        const name = selector.value.toLowerCase();
        if (isSet(name) || counted.has(name)) continue;
        const nearest = nearestName(name, exact, 2);
        if (nearest === undefined && !isWhole) continue;
        findings.add("LINT_TX_NEVER_SET", `nothing sets TX:${selector.value}, which ${nameOf(chain)} reads`, span, {
          hint: nearest === undefined ? "set it with setvar in front of the rule" : `did you mean TX:${nearest}?`,
        });
      }
    }
  }
}

function writtenName({ name, value }: ActionNode): string | undefined {
  if (name !== "setvar" || value === undefined || value.startsWith("!")) return undefined;
  const match = /^tx\.([^=]*)/i.exec(value);
  return match?.[1]?.trim().toLowerCase();
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** Variables whose presence some rule asks for with `&TX:name` are optional: nothing has to set them. */
function countedNames(chains: RuleModel["chains"]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { links } of chains) {
    for (const { node } of links) {
      if (node.kind !== "rule") continue;
      for (const { variable, selector, count } of node.targets) {
        if (count && variable.toUpperCase() === "TX" && selector?.kind === "key")
          names.add(selector.value.toLowerCase());
      }
    }
  }
  return names;
}
