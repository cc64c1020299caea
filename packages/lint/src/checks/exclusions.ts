import type { ActionNode, SelectorNode, TargetNode } from "@cuirass/seclang";
import { parseTargetList } from "@cuirass/seclang";
import { compilePattern, isPatternError } from "@cuirass/regex";
import type { Findings } from "../finding.ts";
import type { RuleChain, RuleModel } from "../rule-model.ts";
import { nameOf } from "../rule-model.ts";
import { variableOf } from "./variables.ts";

type Test = (chain: RuleChain) => boolean;

/** Exclusions, in directives and in `ctl`, that name rules or targets that are not there. */
export function checkExclusions(model: RuleModel, findings: Findings): void {
  for (const node of model.exclusions) {
    const tests = node.selectors.map((selector) => selectorTest(selector, node.name));
    const found = tests.map((test) => model.chains.filter(test));
    // When nothing is found at all the engine itself says so.
    if (found.every((chains) => chains.length === 0)) continue;
    for (const [at, chains] of found.entries()) {
      const selector = node.selectors[at]!;
      if (chains.length === 0) reportUnknown(node.name, textOf(selector), selector.span, findings);
    }
    if (node.kind === "update-target" && node.replacement === undefined) {
      for (const target of node.targets) if (target.negated) checkTarget(node.name, target, found.flat(), findings);
    }
  }
  for (const chain of model.chains) {
    for (const { node } of chain.links) for (const action of node.actions) checkCtl(chain, action, model, findings);
  }
}

function checkCtl(chain: RuleChain, action: ActionNode, { chains }: RuleModel, findings: Findings): void {
  if (action.name !== "ctl" || action.value === undefined || action.value.includes("%{")) return;
  const match = /^\s*ruleRemove(Target)?By(Id|Tag|Msg)\s*=\s*(.*?)\s*$/is.exec(action.value);
  if (match === null) return;
  const [, isTarget, kind, value = ""] = match;
  const semicolon = isTarget === undefined ? -1 : value.lastIndexOf(";");
  const text = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  const test = ctlTest(kind!.toLowerCase(), text);
  if (test === undefined) return;
  const named = chains.filter(test);
  const span = action.valueSpan ?? action.span;
  const directive = `ctl:ruleRemove${isTarget ?? ""}By${kind!}`;
  if (named.length === 0) return reportUnknown(directive, text, span, findings);
  const isLate = (other: RuleChain): boolean =>
    other !== chain && (other.phase < chain.phase || (other.phase === chain.phase && other.at < chain.at));
  if (named.every(isLate)) {
    findings.add("LINT_EXCLUSION_TOO_LATE", `${directive} has no effect: ${nameOf(named[0]!)} has run by then`, span, {
      hint: "put the exclusion in front of the rule, and in phase 1",
      related: [{ message: "runs before", span: named[0]!.links[0]!.node.span }],
    });
  }
  if (semicolon < 0 || kind!.toLowerCase() !== "id") return;
  const { targets } = parseTargetList(value.slice(semicolon + 1).replace(/^\s*!/, ""));
  for (const target of targets) checkTarget(directive, { ...target, variableSpan: span, span }, named, findings);
}

function ctlTest(kind: string, text: string): Test | undefined {
  if (kind === "id") {
    const range = /^(\d{1,15})(?:\s*-\s*(\d{1,15}))?$/.exec(text);
    if (range === null) return undefined;
    const from = Number(range[1]);
    const to = Number(range[2] ?? range[1]);
    return ({ id }) => id !== 0 && id >= from && id <= to;
  }
  const test = textTest(text);
  return (chain) => textsOf(chain, kind === "tag").some(test);
}

function selectorTest(selector: SelectorNode, directive: string): Test {
  if (selector.kind === "id-range") return ({ id }) => id !== 0 && id >= selector.from && id <= selector.to;
  const byTag = directive.toLowerCase().endsWith("bytag");
  const test = selector.kind === "text" ? textTest(selector.value) : textTest(`/${selector.pattern}/`);
  return (chain) => textsOf(chain, byTag).some(test);
}

function textsOf({ tags, message }: RuleChain, byTag: boolean): readonly string[] {
  if (byTag) return tags;
  return message === undefined ? [] : [message];
}

function textTest(text: string): (candidate: string) => boolean {
  if (text.length < 3 || !text.startsWith("/") || !text.endsWith("/")) return (candidate) => candidate === text;
  try {
    const pattern = compilePattern(text.slice(1, -1));
    return (candidate) => pattern.test(candidate);
  } catch (error) {
    if (!isPatternError(error)) throw error;
    // Reported by the engine.
    return () => true;
  }
}

function textOf(selector: SelectorNode): string {
  if (selector.kind === "text") return selector.value;
  if (selector.kind === "regex") return `/${selector.pattern}/`;
  return selector.from === selector.to ? String(selector.from) : `${selector.from}-${selector.to}`;
}

function reportUnknown(directive: string, text: string, span: ActionNode["span"], findings: Findings): void {
  findings.add("LINT_EXCLUSION_WITHOUT_RULE", `${directive} names "${text}", and there is no such rule`, span, {
    hint: "check the id, tag or msg against the rule set",
  });
}

/** Only about rules that do not look at the variable at all: keys are a matter of the traffic. */
function checkTarget(directive: string, target: TargetNode, chains: readonly RuleChain[], findings: Findings): void {
  const variable = variableOf(target.variable);
  if (variable === undefined || chains.length === 0) return;
  const looks = chains.some(({ links }) =>
    links.some(
      ({ node }) =>
        node.kind === "rule" && node.targets.some((own) => !own.negated && variableOf(own.variable) === variable),
    ),
  );
  if (looks) return;
  const who = chains.length === 1 ? nameOf(chains[0]!) : "none of the rules";
  findings.add(
    "LINT_EXCLUSION_WITHOUT_TARGET",
    `${directive} has no effect: ${who} does not look at ${variable.name}`,
    target.span,
    {
      related: [{ message: "the rule", span: chains[0]!.links[0]!.node.span }],
    },
  );
}
