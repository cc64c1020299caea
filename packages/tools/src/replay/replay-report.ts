import type { Verdict } from "../verdict.ts";

/** An exchange that the two sides judge differently. */
export interface Difference {
  readonly name: string;
  readonly request: string;
  readonly before: Verdict;
  readonly after: Verdict;
}

/** How one side judged all exchanges. */
export interface SideCounts {
  blocked: number;
  wouldBlock: number;
  passed: number;
  /** Exchanges in which a rule logged, by id. */
  readonly rules: Record<string, number>;
}

/** What a replay found. Counts are exact; of exchanges that differ, the first ones are kept. */
export interface ReplayReport {
  exchanges: number;
  /** Compared with: `changed`: a second rule set; `recorded`: what the records say; `nothing`. */
  compared: "changed" | "recorded" | "nothing";
  readonly current: SideCounts;
  readonly changed: SideCounts;
  newlyBlocked: number;
  newlyPassed: number;
  /** Same verdict by other rules. */
  otherRules: number;
  readonly differences: Difference[];
  /** Records that could not be read, with the reason; the first ones. */
  readonly unreadable: string[];
  unreadableCount: number;
}

const KEPT = 1000;

/** A report of nothing. */
export function emptyReport(): ReplayReport {
  const side = (): SideCounts => ({ blocked: 0, wouldBlock: 0, passed: 0, rules: {} });
  return {
    exchanges: 0,
    compared: "nothing",
    current: side(),
    changed: side(),
    newlyBlocked: 0,
    newlyPassed: 0,
    otherRules: 0,
    differences: [],
    unreadable: [],
    unreadableCount: 0,
  };
}

/** Counts a verdict of one side. */
export function countVerdict(side: SideCounts, { action, ids }: Verdict): void {
  if (action === "blocked") side.blocked++;
  else if (action === "would block") side.wouldBlock++;
  else side.passed++;
  for (const id of ids) side.rules[id] = (side.rules[id] ?? 0) + 1;
}

/** Counts a pair of verdicts, and keeps it when they differ. */
export function compareVerdicts(report: ReplayReport, difference: Difference): void {
  const { before, after } = difference;
  const wasBlocked = before.action !== "passed";
  const isBlocked = after.action !== "passed";
  if (wasBlocked === isBlocked && before.ids.join() === after.ids.join()) return;
  if (wasBlocked === isBlocked) report.otherRules++;
  else if (isBlocked) report.newlyBlocked++;
  else report.newlyPassed++;
  if (report.differences.length < KEPT) report.differences.push(difference);
}

/** Adds what another thread found. */
export function mergeReports(into: ReplayReport, from: ReplayReport): void {
  into.exchanges += from.exchanges;
  if (from.compared !== "nothing") into.compared = from.compared;
  for (const name of ["current", "changed"] as const) {
    const [to, other] = [into[name], from[name]];
    to.blocked += other.blocked;
    to.wouldBlock += other.wouldBlock;
    to.passed += other.passed;
    for (const [id, count] of Object.entries(other.rules)) to.rules[id] = (to.rules[id] ?? 0) + count;
  }
  into.newlyBlocked += from.newlyBlocked;
  into.newlyPassed += from.newlyPassed;
  into.otherRules += from.otherRules;
  into.unreadableCount += from.unreadableCount;
  into.differences.push(...from.differences.slice(0, KEPT - into.differences.length));
  into.unreadable.push(...from.unreadable.slice(0, KEPT - into.unreadable.length));
}
