import { configurationSources, createBenchWaf, levels } from "./configuration.ts";
import { recordExchange } from "./exchange.ts";
import { runRound } from "./sampling.ts";
import { FIRST_SEED, findVerdictFault, formatVerdict, RECORDED_SEEDS, writeExpectedVerdicts } from "./verdicts.ts";
import type { WorkloadGenerator, WorkloadTransaction } from "./workload.ts";

/** Keeps the engine's present verdicts, unless one breaks what its class promises. Returns what to tell. */
export function recordVerdicts(
  crs: string,
  workload: readonly WorkloadTransaction[],
  generate: WorkloadGenerator | undefined,
): string {
  const recorded: Record<string, Record<string, string>> = {};
  const faults: string[] = [];
  for (const level of levels) {
    const waf = createBenchWaf(configurationSources(crs, level));
    const byName: Record<string, string> = {};
    const record = (transactions: readonly WorkloadTransaction[], suffix: string): void =>
      runRound(waf, transactions.map(recordExchange), (exchange, _us, verdict) => {
        const fault = findVerdictFault(level, exchange, verdict, undefined);
        if (fault !== undefined) faults.push(fault);
        const text = formatVerdict(verdict);
        if (byName[exchange.name] !== text) byName[exchange.name + suffix] = text;
      });
    record(workload, "");
    for (let seed = FIRST_SEED; generate !== undefined && seed < FIRST_SEED + RECORDED_SEEDS; seed++) {
      record(generate(seed), ` ${seed}`);
    }
    recorded[level] = byName;
  }
  if (faults.length > 0) return `not recorded:\n${faults.join("\n")}\n`;
  writeExpectedVerdicts(recorded);
  return `recorded ${workload.length} transactions at ${levels.length} levels, ${RECORDED_SEEDS} variants each\n`;
}
