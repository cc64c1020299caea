import type {
  ActionNode,
  RemoveNode,
  SelectorNode,
  TargetNode,
  UpdateActionNode,
  UpdateTargetNode,
} from "@cuirass/seclang";
import { compilePattern, isPatternError } from "@cuirass/regex";
import type { PendingRule } from "./draft.ts";
import type { Report } from "./report.ts";
import { findAction } from "../actions/index.ts";

/** A SecRuleRemove*, SecRuleUpdateTarget* or SecRuleUpdateAction* directive and where it stood. */
export interface Exclusion {
  readonly node: RemoveNode | UpdateTargetNode | UpdateActionNode;
  /** Number of rules read before it. */
  readonly rulesBefore: number;
}

/**
 * Applies exclusions to the rules that stand before *and after* them, as ModSecurity 3 does.
 *
 * Compat: all ids, ranges, tags and messages of a list count, patterns are allowed as `/regex/`, chained rules are reached,
 * additions work over ranges, and SecRuleUpdateTargetByMsg does what it says (gaps A5, A13, A14, B).
 */
export function applyExclusions(rules: readonly PendingRule[], exclusions: readonly Exclusion[], report: Report): void {
  const byId = exclusions.length > 0 ? rulesById(rules) : none;
  for (const { node } of exclusions) {
    let touched = 0;
    for (const selector of node.selectors) {
      const matching = selectRules(selector, node.name, rules, byId, report);
      if (matching === undefined) return;
      for (const rule of matching) apply(node, selector, rule, report);
      touched += matching.length;
    }
    if (touched === 0) {
      const message = `${node.name} matches no rule`;
      report.warn(
        "WAF_CONFIG_EXCLUSION_WITHOUT_RULE",
        message,
        node.span,
        "check the id, tag or msg against the rule set",
      );
    }
  }
}

const none: ReadonlyMap<number, readonly PendingRule[]> = new Map();

function rulesById(rules: readonly PendingRule[]): ReadonlyMap<number, readonly PendingRule[]> {
  const byId = new Map<number, PendingRule[]>();
  for (const rule of rules) {
    if (rule.kind === "marker" || rule.head.id === 0) continue;
    const known = byId.get(rule.head.id);
    if (known === undefined) byId.set(rule.head.id, [rule]);
    else known.push(rule);
  }
  return byId;
}

/** The rules that a selector means; undefined, with the error reported, when it cannot be used. */
function selectRules(
  selector: SelectorNode,
  directive: string,
  rules: readonly PendingRule[],
  byId: ReadonlyMap<number, readonly PendingRule[]>,
  report: Report,
): readonly PendingRule[] | undefined {
  if (selector.kind === "id-range" && selector.from === selector.to) return byId.get(selector.from) ?? [];
  const matches = selectorTest(selector, directive, report);
  return matches && rules.filter((rule) => rule.kind !== "marker" && matches(rule));
}

function selectorTest(
  selector: SelectorNode,
  directive: string,
  report: Report,
): ((rule: PendingRule) => boolean) | undefined {
  if (selector.kind === "id-range") {
    return ({ head }) => head.id !== 0 && head.id >= selector.from && head.id <= selector.to;
  }
  const byTag = directive.toLowerCase().endsWith("bytag");
  const texts = ({ head }: PendingRule): readonly string[] =>
    byTag ? head.tags : head.message === undefined ? [] : [head.message];
  if (selector.kind === "text") return (rule) => texts(rule).includes(selector.value);
  try {
    const pattern = compilePattern(selector.pattern);
    return (rule) => texts(rule).some((text) => pattern.test(text));
  } catch (error) {
    if (!isPatternError(error)) throw error;
    report.error("WAF_CONFIG_PATTERN", error.message, selector.span, error.hint);
    return undefined;
  }
}

function apply(node: Exclusion["node"], selector: SelectorNode, rule: PendingRule, report: Report): void {
  if (node.kind === "remove") {
    rule.removed = true;
    return;
  }
  const offset = selector.kind === "id-range" ? selector.chainOffset : undefined;
  const link = offset === undefined || offset === 0 ? rule : rule.children[offset - 1];
  if (link === undefined) {
    report.error("WAF_CONFIG_CHAIN_OFFSET", `rule ${rule.head.id} has no chained rule ${offset}`, selector.span);
    return;
  }
  if (node.kind === "update-action") return updateActions(link, node, report);
  const chain = offset === undefined ? [rule, ...rule.children] : [link];
  updateTargets(link, chain, node);
}

function updateTargets(link: PendingRule, chain: readonly PendingRule[], node: UpdateTargetNode): void {
  if (node.replacement !== undefined) {
    const replaced = new Set(node.replacement.map(targetKey));
    const kept = link.targets.filter((target) => !replaced.has(targetKey(target)));
    if (kept.length < link.targets.length) link.targets = [...kept, ...node.targets];
    return;
  }
  for (const target of node.targets) {
    if (target.negated) for (const rule of chain) rule.exclusions.push(target);
    else link.targets = [...link.targets, target];
  }
}

function targetKey(target: TargetNode): string {
  return `${target.count ? "&" : ""}${target.variable.toUpperCase()}:${target.selector?.value.toLowerCase() ?? ""}`;
}

function updateActions(rule: PendingRule, node: UpdateActionNode, report: Report): void {
  const isDisruptive = (action: ActionNode): boolean => findAction(action.name)?.group === "disruptive";
  const added = node.actions.filter((action) => {
    // Compat: id and phase stay, as documented; Coraza changes them (gaps A14).
    if (action.name !== "id" && action.name !== "phase") return true;
    report.error(
      "WAF_CONFIG_UPDATE_ACTION",
      `${action.name} cannot be changed by SecRuleUpdateActionById`,
      action.span,
    );
    return false;
  });
  const replaces = added.some(isDisruptive);
  rule.actions = [...rule.actions.filter((action) => !(replaces && isDisruptive(action))), ...added];
}
