import type { MatchData, MatchedRule, TraceStep, Transaction, Waf } from "@cuirass/engine";
import { formatSeverity } from "@cuirass/engine";
import { transformations } from "@cuirass/engine/registries";
import { nameVerdict } from "@cuirass/node";
import { runExchange } from "../run-exchange.ts";
import type { RecordedExchange } from "../traffic/recorded-exchange.ts";
import type { ExplainedMatch, ExplainedRule, ExplainedScore, Explanation, PassedOver } from "./explanation.ts";

const VALUE_LIMIT = 4096;

/** Runs an exchange through a WAF that was made with `tracing`, and tells what happened. */
export async function explainExchange(waf: Waf, exchange: RecordedExchange): Promise<Explanation> {
  const tx = await runExchange(waf, exchange);
  const interruption = tx.interruption ?? tx.detectionOnlyInterruption;
  const steps = tx.trace?.steps ?? [];
  const { name, method, uri, protocol, headers, body } = exchange;
  return {
    name,
    request: { method, uri, protocol, headers: headers.length, bodyBytes: body.length },
    verdict: nameVerdict(tx),
    interruption:
      interruption === undefined
        ? undefined
        : { action: interruption.action, status: interruption.status, ruleId: interruption.ruleId },
    rules: tx.matchedRules.map((matched) => explainRule(waf, matched)),
    scores: scoresOf(tx.matchedRules, interruption?.ruleId ?? 0),
    thresholds: thresholdsOf(tx),
    passedOver: passedOver(steps),
    faults: tx.faults.map(({ kind, message }) => `${kind}: ${message}`),
    tried: steps.filter(({ outcome, marker }) => outcome === "no match" && marker === "").length,
  };
}

function explainRule(waf: Waf, matched: MatchedRule): ExplainedRule {
  const { rule } = matched;
  const matches = matched.matches.filter(({ operator }) => operator !== "");
  return {
    id: rule.id,
    phase: rule.phase,
    file: rule.file,
    line: rule.line,
    message: matched.message,
    severity: rule.severity === undefined ? "" : formatSeverity(rule.severity),
    tags: rule.tags,
    logged: matched.log,
    action: matched.disruptiveAction,
    matches: matches.map((match) => explainMatch(match, argumentOf(waf, rule.id, match.chainLevel))),
    changes: matched.scores.map(({ name, before, after }) => ({ name, before: before ?? "", after: after ?? "" })),
  };
}

function argumentOf(waf: Waf, id: number, level: number): string {
  let link = waf.context.ruleset.rules.find((rule) => rule.id === id);
  for (let at = 0; at < level; at++) link = link?.next;
  return link?.operator === undefined ? "" : `${link.operator.negated ? "not " : ""}${link.operator.argument}`;
}

function explainMatch(match: MatchData, argument: string): ExplainedMatch {
  const steps: { transformation: string; value: string }[] = [];
  const unchanged: string[] = [];
  let value = match.original;
  for (const name of match.transformations) {
    const next = transformations.find((known) => known.name === name)?.apply(value) ?? value;
    if (next === value) unchanged.push(name);
    else steps.push({ transformation: name, value: next.slice(0, VALUE_LIMIT) });
    value = next;
  }
  return {
    chainLevel: match.chainLevel,
    variable: match.key === "" ? match.variable : `${match.variable}:${match.key}`,
    operator: match.operator,
    argument: argument.slice(0, VALUE_LIMIT),
    received: match.original.slice(0, VALUE_LIMIT),
    steps,
    unchanged,
    value: match.value.slice(0, VALUE_LIMIT),
    span: match.span,
  };
}

/**
 * Scores that rules add to, with the points of each rule. Rules that only add up, set up or report (without log, of the
 * logging phase, and the one that interrupts) find nothing, so they give no points.
 */
function scoresOf(matched: readonly MatchedRule[], interruptedBy: number): ExplainedScore[] {
  const scores = new Map<string, { ruleId: number; points: number }[]>();
  for (const { rule, scores: changes, log } of matched) {
    if (!log || rule.phase === 5 || rule.id === interruptedBy) continue;
    for (const { name, before, after } of changes) {
      const points = Number(after ?? 0) - Number(before ?? 0);
      if (!/score/i.test(name) || /threshold/i.test(name) || !(points > 0)) continue;
      const parts = scores.get(name.toLowerCase()) ?? [];
      scores.set(name.toLowerCase(), parts);
      parts.push({ ruleId: rule.id, points });
    }
  }
  return [...scores].map(([name, parts]) => ({
    name,
    total: parts.reduce((sum, { points }) => sum + points, 0),
    parts,
  }));
}

function thresholdsOf(tx: Transaction): Record<string, string> {
  const { entries } = tx.variables.tx;
  return Object.fromEntries(entries.filter(({ key }) => /threshold/i.test(key)).map(({ key, value }) => [key, value]));
}

function passedOver(steps: readonly TraceStep[]): PassedOver[] {
  const groups = new Map<string, { phase: number; outcome: string; detail: string; ids: number[] }>();
  for (const { phase, ruleId, marker, outcome, detail } of steps) {
    if (outcome === "matched" || outcome === "no match" || marker !== "") continue;
    const key = `${phase} ${outcome} ${detail}`;
    const group = groups.get(key) ?? { phase, outcome, detail, ids: [] };
    groups.set(key, group);
    group.ids.push(ruleId);
  }
  return [...groups.values()];
}
