import type { WorkloadResult } from "./groups/workload-group.ts";
import type { LinearityReport, LoadReport, WorkloadRow, WorstRow } from "./report.ts";
import { formatNumber, formatTable } from "./table.ts";

/** The table of the workload: milliseconds per transaction. */
export function formatWorkload(rows: readonly WorkloadRow[]): string {
  return formatTable(
    ["level  class   values", "median ms", "mean ms", "p99 ms", "MB/s", "blocked", "of"],
    rows.map((row) => [
      `${String(row.level).padEnd(6)} ${row.class.padEnd(7)} ${row.unique ? "unique" : "repeated"}`,
      formatNumber(row.medianUs / 1000),
      formatNumber(row.meanUs / 1000),
      formatNumber(row.p99Us / 1000),
      formatNumber(row.mbPerSecond),
      String(row.blocked),
      String(row.total),
    ]),
  );
}

/** Medians of single transactions, dearest first, a column per level. */
export function formatSingle(single: WorkloadResult["single"], count: number): string {
  const levels = [...new Set(single.map(({ level }) => level))];
  const byName = new Map<string, number[]>();
  for (const { name, level, us } of single) {
    const row = byName.get(name) ?? [];
    row[levels.indexOf(level)] = us;
    byName.set(name, row);
  }
  const sorted = [...byName].sort(([, a], [, b]) => (b[0] ?? 0) - (a[0] ?? 0)).slice(0, count);
  return formatTable(
    ["dearest transactions", ...levels.map((level) => `level ${level} ms`)],
    sorted.map(([name, times]) => [name, ...times.map((us) => formatNumber(us / 1000))]),
  );
}

/** Start-up and memory. */
export function formatLoad(load: LoadReport): string {
  return formatTable(
    ["load (fresh process)", "", "limit"],
    [
      ["CRS load", `${formatNumber(load.loadMs)} ms`, "300 ms"],
      ["resident memory after load", `${formatNumber(load.rssMb)} MB`, "120 MB"],
      ["  after garbage collection", `${formatNumber(load.rssCollectedMb)} MB`, ""],
      ["  of Node.js alone", `${formatNumber(load.rssBareMb)} MB`, ""],
      ["a further WAF, memory", `${formatNumber(load.extraWafMb)} MB`, "3 MB"],
      ["a further WAF, time", `${formatNumber(load.extraWafMs)} ms`, ""],
    ],
  );
}

/** Worst cases; a family of texts is shown by its worst one unless `all`. */
export function formatWorst(rows: readonly WorstRow[], all: boolean): string {
  const shown = all ? rows : worstOfFamilies(rows);
  return formatTable(
    ["worst cases, level 4", "ms", "limit", "", "request KB", "memory MB"],
    shown.map((row) => [
      row.name,
      formatNumber(row.ms),
      row.limitMs === undefined ? "" : String(row.limitMs),
      row.limitMs === undefined ? "" : row.ms <= row.limitMs ? "ok" : "OVER",
      formatNumber(row.requestBytes / 1000),
      `+${formatNumber(row.grownMb)}`,
    ]),
  );
}

/** How cost grows. */
export function formatLinearity({ bodies, rules, rulesRatio }: LinearityReport): string {
  return (
    formatTable(
      ["time per KB, level 1", "us at 10 KB", "us at 1 MB", "ratio", "limit"],
      bodies.map((row) => [
        row.name,
        formatNumber(row.smallUsPerKb),
        formatNumber(row.largeUsPerKb),
        formatNumber(row.ratio),
        "1.3",
      ]),
    ) +
    "\n" +
    formatTable(
      ["benign mean, level 1", `${rules.few} rules`, `${rules.many} rules`, "ratio", "limit"],
      [["ms", formatNumber(rules.fewUs / 1000), formatNumber(rules.manyUs / 1000), formatNumber(rulesRatio), "3"]],
    )
  );
}

/** The dearest row of each family, in order of first appearance. */
export function worstOfFamilies(rows: readonly WorstRow[]): WorstRow[] {
  const byFamily = new Map<string, WorstRow>();
  for (const row of rows) {
    const family = row.name.split(":")[0]!;
    const known = byFamily.get(family);
    if (known === undefined || known.ms < row.ms) byFamily.set(family, row);
  }
  return [...byFamily.values()];
}
