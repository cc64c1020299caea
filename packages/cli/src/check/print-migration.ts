import { styleText } from "node:util";
import type { MigrationItem } from "@cuirass/lint";
import { position } from "@cuirass/seclang";

const titles = {
  refused: "Refused: has to be written otherwise",
  unknown: "Unknown",
  "without effect": "Accepted without effect",
  changed: "Works, with a difference",
  supported: "Works as it is",
} as const;

const colors = {
  refused: "red",
  unknown: "red",
  "without effect": "yellow",
  changed: "cyan",
  supported: "green",
} as const;

/** The migration report for people: what has to change first, what works as a count of names at the end. */
export function formatMigration(items: readonly MigrationItem[], color: boolean): string {
  const lines: string[] = [];
  for (const [status, title] of Object.entries(titles) as [MigrationItem["status"], string][]) {
    const group = items.filter((item) => item.status === status);
    if (group.length === 0) continue;
    const head = `${title} (${group.length})`;
    lines.push(color ? styleText(["bold", colors[status]], head) : head);
    if (status === "supported") lines.push(...wrap(group.map(({ name }) => name)));
    else for (const item of group) lines.push(...formatItem(item));
    lines.push("");
  }
  return lines.join("\n");
}

function formatItem({ kind, name, uses, note, instead, place }: MigrationItem): string[] {
  const { line } = position(place.source, place.start);
  const lines = [`  ${kind} ${name}, ${uses} ${uses === 1 ? "use" : "uses"}, first at ${place.source.name}:${line}`];
  if (note !== "") lines.push(`    ${note}`);
  if (instead !== "") lines.push(`    instead: ${instead}`);
  return lines;
}

function wrap(names: readonly string[]): string[] {
  const lines: string[] = [];
  let line = "";
  for (const name of names) {
    if (line !== "" && line.length + name.length > 96) {
      lines.push(`  ${line}`);
      line = "";
    }
    line += `${line === "" ? "" : ", "}${name}`;
  }
  return line === "" ? lines : [...lines, `  ${line}`];
}
