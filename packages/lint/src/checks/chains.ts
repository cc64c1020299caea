import type { SecRuleNode } from "@cuirass/seclang";
import type { Findings } from "../finding.ts";
import type { Link, RuleChain, RuleModel } from "../rule-model.ts";
import { nameOf } from "../rule-model.ts";
import { variableOf } from "./variables.ts";

/** `skip` and `skipAfter` are reported by the engine. */
const starterActions: ReadonlySet<string> = new Set([
  "id",
  "phase",
  "severity",
  "rev",
  "ver",
  "maturity",
  "accuracy",
  "status",
]);

/** Chains that are cut off, and actions of chained rules that only the first rule can have. */
export function checkChains({ chains, broken }: RuleModel, findings: Findings): void {
  for (const { chain, by } of broken) {
    // The engine itself says so about a chain at the end of the configuration.
    if (by === undefined) continue;
    const last = chain.links.at(-1)!;
    const action = last.node.actions.find(({ name }) => name === "chain");
    findings.add(
      "LINT_CHAIN_BROKEN",
      `the chain of ${nameOf(chain)} has no further rule`,
      action?.span ?? last.node.span,
      {
        hint: "put the next rule of the chain in front of the marker, or remove `chain`",
        related: [{ message: "cut off here", span: by.span }],
      },
    );
  }
  for (const chain of chains) {
    for (const link of chain.links.slice(1)) checkChained(chain, link, findings);
    checkContradictions(chain, findings);
  }
}

function checkChained(chain: RuleChain, { node }: Link, findings: Findings): void {
  for (const { name, value, span } of node.actions) {
    if (!starterActions.has(name)) continue;
    if (name === "phase" && value === String(chain.phase)) continue;
    findings.add("LINT_CHAIN_ACTION", `${name} of a chained rule is ignored`, span, {
      hint: `write it in the first rule of the chain, ${nameOf(chain)}`,
      related: [{ message: "the first rule of the chain", span: chain.links[0]!.node.span }],
    });
  }
}

/** Two rules of a chain that want one value to be two different texts. */
function checkContradictions(chain: RuleChain, findings: Findings): void {
  const wanted = new Map<string, { readonly argument: string; readonly node: SecRuleNode }>();
  for (const link of chain.links) {
    const claim = claimOf(link);
    if (claim === undefined) continue;
    const earlier = wanted.get(claim.subject);
    if (earlier === undefined) wanted.set(claim.subject, claim);
    else if (earlier.argument !== claim.argument) {
      const message = `the chain of ${nameOf(chain)} can never match: ${claim.subject} cannot be "${earlier.argument}" and "${claim.argument}"`;
      findings.add("LINT_CHAIN_NEVER_MATCHES", message, claim.node.operator.span, {
        related: [{ message: "the other condition", span: earlier.node.operator.span }],
      });
    }
  }
}

function claimOf({
  node,
  transformations,
}: Link): { readonly subject: string; readonly argument: string; readonly node: SecRuleNode } | undefined {
  if (node.kind !== "rule" || node.targets.length !== 1) return undefined;
  const [target] = node.targets;
  const { operator } = node;
  const name = operator.name.toLowerCase();
  if ((name !== "streq" && name !== "eq") || operator.negated || operator.argument.includes("%{")) return undefined;
  const { variable, selector, count } = target!;
  const isSingle =
    variableOf(variable)?.kind === "single" || count || (variable.toUpperCase() === "TX" && selector?.kind === "key");
  if (!isSingle) return undefined;
  const key = selector === undefined ? "" : `:${selector.value.toLowerCase()}`;
  const how = transformations.length === 0 ? "" : ` after ${transformations.join(",")}`;
  return { subject: `${count ? "&" : ""}${variable.toUpperCase()}${key}${how}`, argument: operator.argument, node };
}
