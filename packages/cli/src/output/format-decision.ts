import { styleText } from "node:util";
import type { Decision, DecisionMatch } from "@cuirass/node";
import { escapeText } from "./escape-text.ts";

const WIDTH = 100;

/** A decision as a tree that fits a terminal. Texts of the request are escaped: they come from an attacker. */
export function formatDecision(decision: Decision, color: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    color ? styleText(style, text) : text;
  const verdictStyle = decision.verdict === "passed" ? "green" : "red";
  const lines = [
    `${paint("bold", decision.id)}  ${decision.time}  client ${decision.client}`,
    `${escapeText(decision.requestLine, WIDTH)}  host ${escapeText(decision.host, 60)}`,
    `verdict ${paint([verdictStyle, "bold"], decision.verdict)}${interruptionText(decision)}`,
    "",
  ];
  for (const rule of decision.rules) {
    if (!rule.logged) continue;
    lines.push(`${paint("yellow", `rule ${rule.id}`)}  phase ${rule.phase}  ${escapeText(rule.message, WIDTH)}`);
    lines.push(paint("dim", `│ ${rule.file}:${rule.line}`));
    for (const match of rule.matches) lines.push(...formatMatch(match, paint));
    for (const { name, before, after } of rule.scores) {
      lines.push(
        `└ ${escapeText(name, 50)}: ${escapeText(before || "unset", 20)} → ${paint("bold", escapeText(after || "removed", 20))}`,
      );
    }
    lines.push("");
  }
  for (const fault of decision.faults) lines.push(paint("red", `fault ${fault}`));
  const scores = Object.entries(decision.scores).filter(([, value]) => value !== "0" && value !== "");
  if (scores.length > 0) {
    lines.push("scores and thresholds");
    for (const [name, value] of scores) lines.push(`  ${name} ${escapeText(value, 40)}`);
  }
  return lines.join("\n");
}

function interruptionText({ interruption }: Decision): string {
  if (interruption === undefined) return "";
  const by = interruption.ruleId === 0 ? "a limit or fault" : `rule ${interruption.ruleId}`;
  return `: ${interruption.action} ${interruption.status || ""} by ${by}`;
}

function formatMatch(match: DecisionMatch, paint: (style: "red" | "dim", text: string) => string): string[] {
  const indent = `├ ${"  ".repeat(match.chainLevel)}`;
  if (match.operator === "") return [];
  const lines = [`${indent}${escapeText(match.variable, 60)} @${match.operator}`];
  if (match.transformations.length > 0) {
    if (match.original !== match.value)
      lines.push(paint("dim", `${indent}  received ${escapeText(match.original, WIDTH)}`));
    lines.push(paint("dim", `${indent}  t:${match.transformations.join(",")}`));
  }
  const { value, span } = match;
  if (span === undefined || span[1] > value.length) return [...lines, `${indent}  ${escapeText(value, WIDTH)}`];
  const [start, end] = span;
  const from = Math.max(0, start - 30);
  const text =
    (from > 0 ? "…" : "") +
    escapeText(value.slice(from, start), WIDTH) +
    paint("red", escapeText(value.slice(start, end), WIDTH)) +
    escapeText(value.slice(end, end + 30), WIDTH);
  return [...lines, `${indent}  ${text}  ${paint("dim", `bytes ${start}-${end}`)}`];
}
