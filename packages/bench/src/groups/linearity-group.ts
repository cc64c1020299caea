import type { Waf } from "@cuirass/engine";
import { cpuMicroseconds } from "../clock.ts";
import { configurationSources, createBenchWaf } from "../configuration.ts";
import type { RecordedExchange } from "../exchange.ts";
import { materialise, recordExchange, runExchange } from "../exchange.ts";
import type { Progress } from "../progress.ts";
import type { ByteLinearityRow, LinearityReport } from "../report.ts";
import { runRound } from "../sampling.ts";
import { median } from "../statistics.ts";
import type { WorkloadTransaction } from "../workload.ts";
import { generatedRules } from "./generated-rules.ts";
import { form, json, prose } from "./worst-inputs.ts";

const SMALL = 10_000;
const LARGE = 1_000_000;
/** Bytes of one field, so that a megabyte of them stays under the limit of arguments. */
const FIELD = 1200;

type Body = (bytes: number, seed: number) => WorkloadTransaction;

/** Bodies whose amount of the same stuff grows. A value of its own in every field and run: nothing can be remembered. */
const bodies: Readonly<Record<string, Body>> = {
  "form, one field": (bytes, seed) => form("one field", { text: prose(bytes, seed) }),
  "form, many fields": (bytes, seed) => form("many fields", fields(bytes, seed)),
  "JSON, many fields": (bytes, seed) => json("json fields", JSON.stringify(fields(bytes, seed))),
  "JSON, one text": (bytes, seed) => json("json text", JSON.stringify({ text: prose(bytes, seed) })),
};

/** How time grows with the size of a body and with the number of rules. Level 1. */
export function measureLinearity(
  crs: string,
  workload: readonly WorkloadTransaction[],
  rounds: number,
  progress: Progress,
): LinearityReport {
  const waf = createBenchWaf(configurationSources(crs, 1), { timeBudgetMs: Infinity });
  const rows: ByteLinearityRow[] = [];
  for (const [name, make] of Object.entries(bodies)) {
    progress.show(`linearity: ${name}`);
    const smallUsPerKb = perKilobyte(waf, (seed) => make(SMALL, seed), rounds * 20);
    const largeUsPerKb = perKilobyte(waf, (seed) => make(LARGE, seed), rounds);
    rows.push({ name, smallUsPerKb, largeUsPerKb, ratio: largeUsPerKb / smallUsPerKb });
  }
  progress.show("linearity: ten times the rules");
  const benign = workload.filter((each) => each.class === "benign").map(recordExchange);
  const few = waf.ruleCount;
  const manyWaf = createBenchWaf(configurationSources(crs, 1, generatedRules(few * 9, 21)), { timeBudgetMs: Infinity });
  const [fewUs, manyUs] = alternate(waf, manyWaf, benign, rounds);
  return {
    perByteRatio: Math.max(...rows.map(({ ratio }) => ratio)),
    rulesRatio: manyUs / fewUs,
    bodies: rows,
    rules: { few, many: manyWaf.ruleCount, fewUs, manyUs },
  };
}

function perKilobyte(waf: Waf, make: (seed: number) => WorkloadTransaction, runs: number): number {
  const times: number[] = [];
  for (let run = -2; run < runs; run++) {
    const recorded = recordExchange(make(1000 * (run + 3)));
    const exchange = materialise(recorded);
    const started = cpuMicroseconds();
    runExchange(waf, exchange);
    if (run >= 0) times.push((cpuMicroseconds() - started) / (recorded.requestBytes / 1000));
  }
  return median(times);
}

/** Mean microseconds per transaction of both, rounds taken in turn; medians of the rounds. */
function alternate(one: Waf, other: Waf, exchanges: readonly RecordedExchange[], rounds: number): [number, number] {
  const means: [number[], number[]] = [[], []];
  for (let round = -2; round < rounds; round++) {
    for (const [at, waf] of [one, other].entries()) {
      let sum = 0;
      runRound(waf, exchanges, (_exchange, us) => {
        sum += us;
      });
      if (round >= 0) means[at as 0 | 1].push(sum / exchanges.length);
    }
  }
  return [median(means[0]), median(means[1])];
}

function fields(bytes: number, seed: number): Record<string, string> {
  const result: Record<string, string> = {};
  for (let at = 0; at * FIELD < bytes; at++) result[`field${at}`] = prose(Math.min(FIELD, bytes), seed + at);
  return result;
}
