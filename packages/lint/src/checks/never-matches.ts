import type { OperatorNode, SecRuleNode, TargetNode } from "@cuirass/seclang";
import { examinePattern, isPatternError } from "@cuirass/regex";
import type { Alphabet } from "../alphabet.ts";
import type { Findings } from "../finding.ts";
import type { Link, RuleChain, RuleModel } from "../rule-model.ts";
import { alphabetAfter, numberAlphabet } from "../alphabet.ts";
import { hasAction, nameOf } from "../rule-model.ts";
import { variableOf } from "./variables.ts";

const numbers: ReadonlySet<string> = new Set(["eq", "ge", "gt", "le", "lt"]);
const literals: ReadonlySet<string> = new Set([
  "contains",
  "containsword",
  "streq",
  "beginswith",
  "endswith",
  "strmatch",
]);

/** What the operator of a rule says about all values: never, always, or it depends. */
type Verdict = { readonly holds: "never" | "always"; readonly why: string } | undefined;

/** Rules whose condition no value meets, and conditions that every value meets. */
export function checkNeverMatches({ chains }: RuleModel, findings: Findings): void {
  for (const chain of chains) {
    for (const link of chain.links) {
      if (link.node.kind === "rule") checkRule(chain, link, link.node, findings);
    }
  }
}

function checkRule(chain: RuleChain, link: Link, node: SecRuleNode, findings: Findings): void {
  const targets = remainingTargets(node.targets);
  if (targets.length === 0) {
    return report(chain, link, "all its targets are excluded again", node.targets[0]?.span ?? node.span, findings);
  }
  if (targets.every(({ variable }) => variable.toUpperCase() === "JSON")) {
    return report(chain, link, "JSON yields nothing; JSON values are in ARGS", targets[0]!.span, findings);
  }
  const { operator } = node;
  const name = operator.name.toLowerCase();
  const isDynamic = operator.argument.includes("%{");
  if (numbers.has(name) && !isDynamic && !/^\s*[-+]?\d+\s*$/.test(operator.argument)) {
    findings.add(
      "LINT_NUMBER",
      `@${operator.name} compares numbers, and "${operator.argument}" counts as 0`,
      operator.argumentSpan,
      {
        hint: "write a whole number, or compare texts with @streq",
      },
    );
    return;
  }
  const alphabet = targets.every(isNumber) ? numberAlphabet : alphabetAfter(link.transformations);
  const verdict = isDynamic ? undefined : judge(name, operator, targets, alphabet);
  if (verdict === undefined) return;
  const holds = (verdict.holds === "always") !== operator.negated ? "always" : "never";
  if (holds === "never") return report(chain, link, verdict.why, operator.span, findings);
  reportAlways(name, node, verdict.why, findings);
}

function report(chain: RuleChain, { level }: Link, why: string, span: SecRuleNode["span"], findings: Findings): void {
  if (chain.links.length === 1) {
    return findings.add("LINT_RULE_NEVER_MATCHES", `${nameOf(chain)} can never match: ${why}`, span);
  }
  const rest = level + 1 < chain.links.length ? ", and the rules after it in the chain are never tried" : "";
  findings.add("LINT_CHAIN_NEVER_MATCHES", `the chain of ${nameOf(chain)} can never match: ${why}${rest}`, span);
}

function reportAlways(name: string, node: SecRuleNode, why: string, findings: Findings): void {
  // Written on purpose: @unconditionalMatch, and patterns that copy a value into TX:0.
  if (name === "unconditionalmatch" || name === "nomatch" || hasAction(node.actions, "capture")) return;
  const code = name === "rx" ? "LINT_PATTERN_MATCHES_ALL" : "LINT_RULE_ALWAYS_MATCHES";
  findings.add(code, `the condition holds for every value: ${why}`, node.operator.span, {
    hint: "use @unconditionalMatch if that is meant, or SecAction",
  });
}

/** Values that are whole numbers, whatever the request. */
function isNumber({ count, variable }: TargetNode): boolean {
  return (
    count ||
    /^(?:STATUS|RESPONSE_STATUS|.*_PORT|.*_LENGTH|.*_COMBINED_SIZE|TIME_(?!.*NAME).*|DURATION)$/i.test(variable)
  );
}

/** Targets without those that a later `!X` or `!X:key` takes away whole. */
function remainingTargets(targets: readonly TargetNode[]): TargetNode[] {
  return targets.filter((target, at) => {
    if (target.negated) return false;
    return !targets.slice(at + 1).some((other) => other.negated && covers(other, target));
  });
}

function covers(exclusion: TargetNode, target: TargetNode): boolean {
  if (variableOf(exclusion.variable) !== variableOf(target.variable)) return false;
  if (exclusion.selector === undefined) return true;
  const { selector } = target;
  return (
    selector !== undefined &&
    selector.kind === exclusion.selector.kind &&
    selector.value.toLowerCase() === exclusion.selector.value.toLowerCase()
  );
}

function judge(name: string, operator: OperatorNode, targets: readonly TargetNode[], alphabet: Alphabet): Verdict {
  const { argument } = operator;
  if (name === "nomatch") return { holds: "never", why: "@noMatch matches nothing" };
  if (name === "unconditionalmatch") return { holds: "always", why: "@unconditionalMatch matches everything" };
  if (name === "rx") return judgePattern(argument, alphabet);
  if (literals.has(name)) return judgeLiteral(argument, alphabet);
  if (numbers.has(name)) return judgeNumber(name, Number(argument), targets);
  if (name === "validatebyterange") return judgeRange(argument);
  return undefined;
}

function judgePattern(argument: string, alphabet: Alphabet): Verdict {
  try {
    const { canMatch, matchesAll } = examinePattern(argument, (byte) => alphabet[byte] === true);
    if (matchesAll) return { holds: "always", why: "the pattern occurs in every text, the empty one too" };
    if (canMatch) return undefined;
    const { canMatch: before } = examinePattern(argument, () => true);
    const why = before
      ? "the transformations leave no bytes in the value that the pattern needs"
      : "the pattern wants something in front of the begin or behind the end of the text";
    return { holds: "never", why };
  } catch (error) {
    if (!isPatternError(error)) throw error;
    return undefined;
  }
}

function judgeLiteral(argument: string, alphabet: Alphabet): Verdict {
  for (let at = 0; at < argument.length; at++) {
    if (alphabet[argument.charCodeAt(at) & 0xff] === true) continue;
    return {
      holds: "never",
      why: `"${argument}" holds "${argument[at]!}", which no value has after the transformations`,
    };
  }
  return undefined;
}

function judgeNumber(name: string, number: number, targets: readonly TargetNode[]): Verdict {
  if (!targets.every(({ count }) => count)) return undefined;
  const never = { holds: "never", why: "a count is never below 0" } as const;
  const always = { holds: "always", why: "a count is never below 0" } as const;
  if (name === "lt") return number <= 0 ? never : undefined;
  if (name === "le" || name === "eq") return number < 0 ? never : undefined;
  if (name === "gt") return number < 0 ? always : undefined;
  return number <= 0 ? always : undefined;
}

function judgeRange(argument: string): Verdict {
  const allowed = new Set<number>();
  for (const part of argument.split(",")) {
    const match = /^\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*$/.exec(part);
    if (match === null) return undefined;
    const to = Number(match[2] ?? match[1]);
    if (to > 255) return undefined;
    for (let byte = Number(match[1]); byte <= to; byte++) allowed.add(byte);
  }
  return allowed.size >= 256 ? { holds: "never", why: "every byte is in the range" } : undefined;
}
