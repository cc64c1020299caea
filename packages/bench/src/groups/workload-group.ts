import type { Level } from "../configuration.ts";
import { configurationSources, createBenchWaf, levels } from "../configuration.ts";
import type { RecordedExchange } from "../exchange.ts";
import { recordExchange } from "../exchange.ts";
import type { Progress } from "../progress.ts";
import type { WorkloadRow } from "../report.ts";
import { runRound, Samples } from "../sampling.ts";
import type { VerdictCheck } from "../sampling.ts";
import { median } from "../statistics.ts";
import type { ExpectedVerdicts } from "../verdicts.ts";
import { expectedVerdict, FIRST_SEED } from "../verdicts.ts";
import type { TrafficClass, WorkloadGenerator, WorkloadTransaction } from "../workload.ts";
import { selectTransactions } from "../workload.ts";

/** What the workload is measured with. */
export interface WorkloadPlan {
  readonly crs: string;
  readonly transactions: readonly WorkloadTransaction[];
  readonly generate: WorkloadGenerator | undefined;
  readonly filter: string | undefined;
  readonly rounds: number;
  readonly warmUpRounds: number;
  readonly levels?: readonly Level[];
  readonly expected: ExpectedVerdicts;
  readonly check: VerdictCheck;
  readonly progress: Progress;
}

/** Rows by level, class and kind of values; medians of single transactions with repeated values by level. */
export interface WorkloadResult {
  readonly rows: readonly WorkloadRow[];
  readonly single: readonly { readonly level: Level; readonly name: string; readonly us: number }[];
}

const classes: readonly TrafficClass[] = ["benign", "attack"];

/** Measures every level with repeated values, then with values that are new in every round. */
export function measureWorkload(plan: WorkloadPlan): WorkloadResult {
  const rows: WorkloadRow[] = [];
  const single: { level: Level; name: string; us: number }[] = [];
  const repeated = plan.transactions.map(recordExchange);
  for (const level of plan.levels ?? levels) {
    const times = new Map<string, number[]>();
    rows.push(...measureRepeated(plan, level, repeated, times));
    for (const [name, values] of times) single.push({ level, name, us: median(values) });
    if (plan.generate !== undefined) rows.push(...measureUnique(plan, level, plan.generate));
  }
  return { rows, single };
}

function measureRepeated(
  plan: WorkloadPlan,
  level: Level,
  exchanges: readonly RecordedExchange[],
  times: Map<string, number[]>,
): WorkloadRow[] {
  const waf = createBenchWaf(configurationSources(plan.crs, level));
  const samples = newSamples();
  for (let round = -plan.warmUpRounds; round < plan.rounds; round++) {
    plan.progress.show(`level ${level}, repeated values, round ${Math.max(0, round + 1)} of ${plan.rounds}`);
    runRound(waf, exchanges, (exchange, us, verdict) => {
      plan.check.check(level, exchange, verdict, expectedVerdict(plan.expected, level, exchange.name));
      if (round < 0) return;
      samples[exchange.class].add(exchange.name, us, verdict, exchange);
      const list = times.get(exchange.name);
      if (list === undefined) times.set(exchange.name, [us]);
      else list.push(us);
    });
  }
  return rowsOf(level, false, samples);
}

function measureUnique(plan: WorkloadPlan, level: Level, generate: WorkloadGenerator): WorkloadRow[] {
  const waf = createBenchWaf(configurationSources(plan.crs, level));
  const samples = newSamples();
  for (let round = -plan.warmUpRounds; round < plan.rounds; round++) {
    plan.progress.show(`level ${level}, unique values, round ${Math.max(0, round + 1)} of ${plan.rounds}`);
    const seed = FIRST_SEED + plan.warmUpRounds + round;
    const exchanges = selectTransactions(generate(seed), plan.filter).map(recordExchange);
    runRound(waf, exchanges, (exchange, us, verdict) => {
      plan.check.check(level, exchange, verdict, expectedVerdict(plan.expected, level, exchange.name, seed));
      if (round >= 0) samples[exchange.class].add(`${exchange.name} ${seed}`, us, verdict, exchange);
    });
  }
  return rowsOf(level, true, samples);
}

function newSamples(): Record<TrafficClass, Samples> {
  return { benign: new Samples(), attack: new Samples() };
}

function rowsOf(level: Level, unique: boolean, samples: Record<TrafficClass, Samples>): WorkloadRow[] {
  return classes
    .filter((kind) => samples[kind].times.length > 0)
    .map((kind) => ({ level, class: kind, unique, ...samples[kind].summary() }));
}
