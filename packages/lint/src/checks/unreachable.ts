import type { ActionNode } from "@cuirass/seclang";
import type { Findings } from "../finding.ts";
import type { RuleChain, RuleModel } from "../rule-model.ts";
import { hasAction, nameOf } from "../rule-model.ts";

/** Why the rules of a phase are not reached, and until which place among the directives. */
interface Block {
  readonly cause: RuleChain;
  readonly phases: readonly number[];
  readonly until: number;
  readonly why: string;
}

const LIMIT = 20;

/** Rules behind an unconditional rule that ends their phase or jumps over them. */
export function checkUnreachable(model: RuleModel, findings: Findings): void {
  const blocks: Block[] = [];
  let reported = 0;
  for (const chain of model.chains) {
    const block = blocks.find(({ phases, until }) => phases.includes(chain.phase) && chain.at < until);
    if (block !== undefined) {
      if (++reported <= LIMIT) reportUnreachable(chain, block, findings);
      continue;
    }
    const own = blockOf(chain, model);
    if (own !== undefined) blocks.push(own);
  }
}

function reportUnreachable(chain: RuleChain, { cause, why }: Block, findings: Findings): void {
  const message = `${nameOf(chain)} is never reached: ${nameOf(cause)} ${why} without a condition`;
  findings.add("LINT_RULE_UNREACHABLE", message, chain.links[0]!.node.span, {
    related: [{ message: "the rule that keeps it from running", span: cause.links[0]!.node.span }],
  });
}

function blockOf(chain: RuleChain, { chains, markers }: RuleModel): Block | undefined {
  const [link] = chain.links;
  if (chain.links.length !== 1 || !isUnconditional(chain)) return undefined;
  const { actions } = link!.node;
  const later = [1, 2, 3, 4].filter((phase) => phase >= chain.phase);
  for (const action of ["deny", "drop", "redirect"]) {
    if (hasAction(actions, action) && chain.phase <= 4) {
      return { cause: chain, phases: later, until: Infinity, why: `ends the exchange with ${action}` };
    }
  }
  const allow = actions.find(({ name }) => name === "allow");
  if (allow !== undefined)
    return {
      cause: chain,
      phases: allowed(allow, chain.phase),
      until: Infinity,
      why: "lets everything pass with allow",
    };
  const skipAfter = actions.find(({ name }) => name === "skipafter");
  if (skipAfter !== undefined) {
    const marker = markers.find(({ node, at }) => node.label === skipAfter.value && at > chain.at);
    // Without its marker it is the marker that is missed.
    if (marker === undefined) return undefined;
    return { cause: chain, phases: [chain.phase], until: marker.at, why: `jumps to "${skipAfter.value ?? ""}"` };
  }
  const skip = Number(actions.find(({ name }) => name === "skip")?.value ?? 0);
  if (!(skip > 0)) return undefined;
  const next = chains.filter(({ at, phase }) => at > chain.at && phase === chain.phase)[skip];
  return { cause: chain, phases: [chain.phase], until: next?.at ?? Infinity, why: `skips ${skip} rules` };
}

function isUnconditional(chain: RuleChain): boolean {
  const { node } = chain.links[0]!;
  if (node.kind === "action") return true;
  return (
    node.operator.name.toLowerCase() === "unconditionalmatch" &&
    !node.operator.negated &&
    isAlwaysThere(node.targets[0]?.variable)
  );
}

/** Variables that have a value in every transaction: an operator is asked about them at least once. */
function isAlwaysThere(variable: string | undefined): boolean {
  return ["REMOTE_ADDR", "REQUEST_METHOD", "REQUEST_URI", "REQUEST_LINE", "UNIQUE_ID"].includes(
    (variable ?? "").toUpperCase(),
  );
}

function allowed({ value }: ActionNode, phase: number): number[] {
  if (value?.toLowerCase() === "phase") return [phase];
  const last = value?.toLowerCase() === "request" ? Math.max(2, phase) : 4;
  return [1, 2, 3, 4].filter((candidate) => candidate >= phase && candidate <= last);
}
