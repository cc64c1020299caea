import { styleText } from "node:util";
import type { TuneReport } from "@cuirass/tools";
import { escapeText } from "../output/escape-text.ts";

/** The report of a tuning, for people: the directives are what counts, so they come last and can be copied. */
export function formatTuning(report: TuneReport, color: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    color ? styleText(style, text) : text;
  const { before, after, proposals, rejected, unresolved, proof } = report;
  const lines = [
    `${before.exchanges} exchanges: ${before.alarming} set off a rule, ${before.blocked} would be blocked`,
    `with ${proposals.length} exclusions: ${paint(after.alarming === 0 ? "green" : "yellow", `${after.alarming} set off a rule`)}, ${after.blocked} would be blocked`,
  ];
  for (const { paranoiaLevel, attacks, blockedBefore, blockedAfter, unblocked } of proof) {
    const level = paranoiaLevel === undefined ? "" : ` at level ${paranoiaLevel}`;
    const verdict =
      unblocked.length === 0
        ? paint("green", "none is let through")
        : paint("red", `${unblocked.length} are let through: ${unblocked.slice(0, 8).join(", ")}`);
    lines.push(
      `proof${level}: of ${attacks} attacks ${blockedBefore} were blocked and ${blockedAfter} are: ${verdict}`,
    );
  }
  if (proof.length === 0) lines.push(paint("yellow", "no attacks to prove it with: give --attacks"));
  for (const { rule, target, scope, wouldUnblock } of rejected) {
    const names = wouldUnblock.slice(0, 5).join(", ");
    lines.push(
      paint(
        "yellow",
        `not proposed: rule ${rule} without ${escapeText(target, 60)} (${escapeText(scope, 60)}) would let ${names} through`,
      ),
    );
  }
  for (const { rule, exchanges } of unresolved)
    lines.push(paint("yellow", `rule ${rule} set off by ${exchanges} exchanges, in no target that could be excluded`));
  if (proposals.length > 0) lines.push("", paint("bold", "# Put this in front of the rule set."), report.directives);
  return lines.join("\n");
}
