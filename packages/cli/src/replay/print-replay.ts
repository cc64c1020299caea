import { styleText } from "node:util";
import type { Difference, ReplayReport } from "@cuirass/tools";
import { escapeText } from "../output/escape-text.ts";

/** What a replay found, for people. */
export function formatReplay(report: ReplayReport, limit: number, color: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    color ? styleText(style, text) : text;
  const lines: string[] = [];
  const side = ({ blocked, wouldBlock, passed }: ReplayReport["current"]): string =>
    [`${blocked} blocked`, ...(wouldBlock > 0 ? [`${wouldBlock} would be blocked`] : []), `${passed} passed`].join(
      ", ",
    );
  lines.push(`${report.exchanges} exchanges`);
  lines.push(`  current rules   ${side(report.current)}`);
  if (report.compared === "changed") lines.push(`  changed rules   ${side(report.changed)}`);
  if (report.unreadableCount > 0) {
    lines.push(paint("red", `${report.unreadableCount} records could not be read`));
    for (const reason of report.unreadable.slice(0, 5)) lines.push(`  ${escapeText(reason, 160)}`);
  }
  if (report.compared === "nothing") return [...lines, ...topRules(report)].join("\n");
  const against = report.compared === "changed" ? "the changed rules" : "what the records say";
  lines.push("", `Against ${against}:`);
  lines.push(paint(report.newlyBlocked > 0 ? "red" : "green", `  ${report.newlyBlocked} newly blocked`));
  lines.push(paint(report.newlyPassed > 0 ? "yellow" : "green", `  ${report.newlyPassed} no longer blocked`));
  lines.push(`  ${report.otherRules} with the same verdict by other rules`);
  if (report.compared === "changed") lines.push(...ruleDifferences(report));
  const verdicts = report.differences.filter(
    ({ before, after }) => (before.action === "passed") !== (after.action === "passed"),
  );
  for (const difference of verdicts.slice(0, limit)) lines.push("", ...formatDifference(difference, paint));
  if (verdicts.length > limit) lines.push("", `... and more; --show N shows others, --json all that were kept`);
  return lines.join("\n");
}

function formatDifference(
  { name, request, before, after }: Difference,
  paint: (style: "bold" | "dim", text: string) => string,
): string[] {
  const gone = before.ids.filter((id) => !after.ids.includes(id));
  const come = after.ids.filter((id) => !before.ids.includes(id));
  return [
    paint("bold", escapeText(request, 100)),
    paint("dim", `  ${escapeText(name, 100)}`),
    `  ${before.action} → ${after.action}${after.ruleId > 0 ? ` by rule ${after.ruleId}` : ""}, score ${before.score} → ${after.score}`,
    ...(gone.length > 0 ? [`  no longer: ${gone.slice(0, 12).join(", ")}`] : []),
    ...(come.length > 0 ? [`  new: ${come.slice(0, 12).join(", ")}`] : []),
  ];
}

function ruleDifferences({ current, changed }: ReplayReport): string[] {
  const ids = new Set([...Object.keys(current.rules), ...Object.keys(changed.rules)].map(Number));
  const rows = [...ids]
    .map((id) => ({ id, before: current.rules[id] ?? 0, after: changed.rules[id] ?? 0 }))
    .filter(({ before, after }) => before !== after)
    .toSorted((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
  if (rows.length === 0) return [];
  return [
    "",
    "Rules that matched more or less often:",
    ...rows.slice(0, 15).map(({ id, before, after }) => `  ${id}  ${before} → ${after}`),
  ];
}

function topRules({ current, exchanges }: ReplayReport): string[] {
  const rows = Object.entries(current.rules)
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 15);
  if (rows.length === 0) return [];
  const share = (count: number): string => `${((100 * count) / Math.max(1, exchanges)).toFixed(1)} %`;
  return ["", "Rules that matched most often:", ...rows.map(([id, count]) => `  ${id}  ${count}  ${share(count)}`)];
}
