import { configurationSources, createPlainBenchWaf, levels } from "./configuration.ts";
import { recordExchange } from "./exchange.ts";
import type { Progress } from "./progress.ts";
import { runRound } from "./sampling.ts";
import type { ExpectedVerdicts } from "./verdicts.ts";
import { FIRST_SEED, findVerdictFault, formatVerdict, RECORDED_SEEDS, writeExpectedVerdicts } from "./verdicts.ts";
import type { WorkloadGenerator, WorkloadTransaction } from "./workload.ts";

/** What a plain rule-by-rule evaluation says of a workload and, when there is a generator, of so many variants. */
export function judgePlainly(
  crs: string,
  workload: readonly WorkloadTransaction[],
  progress: Progress,
  generate?: WorkloadGenerator,
): { readonly verdicts: ExpectedVerdicts; readonly faults: readonly string[] } {
  const verdicts: Record<string, Record<string, string>> = {};
  const faults: string[] = [];
  for (const level of levels) {
    const waf = createPlainBenchWaf(configurationSources(crs, level));
    const byName: Record<string, string> = {};
    const judge = (transactions: readonly WorkloadTransaction[], suffix: string): void =>
      runRound(waf, transactions.map(recordExchange), (exchange, _us, verdict) => {
        const fault = findVerdictFault(level, exchange, verdict, undefined);
        if (fault !== undefined) faults.push(fault);
        const text = formatVerdict(verdict);
        if (byName[exchange.name] !== text) byName[exchange.name + suffix] = text;
      });
    progress.show(`level ${level}, rule by rule`);
    judge(workload, "");
    for (let seed = FIRST_SEED; generate !== undefined && seed < FIRST_SEED + RECORDED_SEEDS; seed++) {
      progress.show(`level ${level}, rule by rule, variant ${seed}`);
      judge(generate(seed), ` ${seed}`);
    }
    verdicts[level] = byName;
  }
  progress.clear();
  return { verdicts, faults };
}

/** Keeps the verdicts of a plain evaluation, unless one breaks what its class promises. Returns what to tell. */
export function recordVerdicts(
  crs: string,
  workload: readonly WorkloadTransaction[],
  progress: Progress,
  generate: WorkloadGenerator | undefined,
): string {
  const { verdicts, faults } = judgePlainly(crs, workload, progress, generate);
  if (faults.length > 0) return `not recorded:\n${faults.join("\n")}\n`;
  writeExpectedVerdicts(verdicts);
  return `recorded ${workload.length} transactions at ${levels.length} levels, ${RECORDED_SEEDS} variants each\n`;
}
