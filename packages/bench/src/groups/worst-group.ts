import { cpuMicroseconds } from "../clock.ts";
import { configurationSources, createBenchWaf } from "../configuration.ts";
import { materialise, recordExchange, runExchange } from "../exchange.ts";
import type { Progress } from "../progress.ts";
import type { WorstRow } from "../report.ts";
import { median } from "../statistics.ts";
import type { WorkloadTransaction } from "../workload.ts";
import { worstInputs } from "./worst-inputs.ts";

/** Name in the workload of the 53 KB JSON body that the peers were compared on. */
const JSON_53K = "json-large-60k";
const MB = 1_000_000;

/** The worst cases at level 4 with every phase running and no time budget; medians of a few runs after a first one. */
export function measureWorst(
  crs: string,
  workload: readonly WorkloadTransaction[],
  runs: number,
  progress: Progress,
): WorstRow[] {
  const waf = createBenchWaf(configurationSources(crs, "4-full"), { timeBudgetMs: Infinity });
  const rows: WorstRow[] = [];
  const inputs = worstInputs(workload.find(({ name }) => name === JSON_53K));
  for (const { name, limitMs, transaction } of inputs) {
    progress.show(`worst case ${name}`);
    const recorded = recordExchange(transaction);
    runExchange(waf, materialise(recorded));
    const before = process.memoryUsage.rss();
    let highest = before;
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const exchange = materialise(recorded);
      const started = cpuMicroseconds();
      runExchange(waf, exchange);
      times.push((cpuMicroseconds() - started) / 1000);
      highest = Math.max(highest, process.memoryUsage.rss());
    }
    const { requestBytes } = recorded;
    rows.push({ name, ms: median(times), limitMs, requestBytes, grownMb: (highest - before) / MB });
  }
  return rows;
}
