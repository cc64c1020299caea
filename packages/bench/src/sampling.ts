import type { Waf } from "@cuirass/engine";
import type { Level } from "./configuration.ts";
import { cpuMicroseconds } from "./clock.ts";
import type { RecordedExchange } from "./exchange.ts";
import { materialise, runExchange } from "./exchange.ts";
import { mean, median, quantile, total } from "./statistics.ts";
import type { Verdict } from "./verdicts.ts";
import { findVerdictFault, verdictOf } from "./verdicts.ts";

/** Times and verdicts of one group of transactions, gathered over many rounds. */
export class Samples {
  /** Microseconds, one per transaction that ran. */
  readonly times: number[] = [];
  readonly blocked: Set<string> = new Set();
  readonly seen: Set<string> = new Set();
  #bytes = 0;

  add(key: string, microseconds: number, verdict: Verdict, exchange: RecordedExchange): void {
    this.times.push(microseconds);
    this.seen.add(key);
    if (verdict.blocked) this.blocked.add(key);
    this.#bytes += exchange.requestBytes + (verdict.blocked ? 0 : exchange.responseBytes);
  }

  summary(): { medianUs: number; meanUs: number; p99Us: number; mbPerSecond: number; blocked: number; total: number } {
    return {
      medianUs: median(this.times),
      meanUs: mean(this.times),
      p99Us: quantile(this.times, 0.99),
      // Bytes per microsecond are megabytes per second.
      mbPerSecond: this.#bytes / total(this.times),
      blocked: this.blocked.size,
      total: this.seen.size,
    };
  }
}

/** Called for every transaction of a round, outside the timed part. */
export type SampleObserver = (exchange: RecordedExchange, microseconds: number, verdict: Verdict) => void;

/** Runs every exchange once, in order, each timed by itself. */
export function runRound(waf: Waf, exchanges: readonly RecordedExchange[], observe: SampleObserver): void {
  for (const recorded of exchanges) {
    const exchange = materialise(recorded);
    const started = cpuMicroseconds();
    const tx = runExchange(waf, exchange);
    const microseconds = cpuMicroseconds() - started;
    observe(recorded, microseconds, verdictOf(tx));
  }
}

/** Keeps the first faults of a run; the same one is said once. */
export class VerdictCheck {
  readonly faults: Set<string> = new Set();

  check(level: Level, exchange: RecordedExchange, verdict: Verdict, expected: string | undefined): void {
    const fault = findVerdictFault(level, exchange, verdict, expected);
    if (fault !== undefined) this.faults.add(fault);
  }
}
