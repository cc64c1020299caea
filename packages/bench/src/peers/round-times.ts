import { mean, median, quantile } from "../statistics.ts";
import type { TrafficClass } from "../workload.ts";

/** Times of whole rounds: each round has a median and a mean of its own, and the medians of those count. */
export class RoundTimes {
  readonly #all: Record<TrafficClass, number[]> = { benign: [], attack: [] };
  readonly #medians: Record<TrafficClass, number[]> = { benign: [], attack: [] };
  readonly #means: Record<TrafficClass, number[]> = { benign: [], attack: [] };
  readonly #blocked: Record<TrafficClass, number> = { benign: 0, attack: 0 };
  #round: Record<TrafficClass, number[]> = { benign: [], attack: [] };

  add(exchange: { readonly class: TrafficClass }, us: number, blocked: boolean): void {
    this.#all[exchange.class].push(us);
    this.#round[exchange.class].push(us);
    if (blocked) this.#blocked[exchange.class]++;
  }

  /** A round without samples (a warm-up) counts for nothing. */
  endRound(): void {
    for (const kind of ["benign", "attack"] as const) {
      if (this.#round[kind].length === 0) continue;
      this.#medians[kind].push(median(this.#round[kind]));
      this.#means[kind].push(mean(this.#round[kind]));
    }
    this.#round = { benign: [], attack: [] };
  }

  summary(kind: TrafficClass): { medianUs: number; meanUs: number; p99Us: number; blocked: number; total: number } {
    return {
      medianUs: median(this.#medians[kind]),
      meanUs: median(this.#means[kind]),
      p99Us: quantile(this.#all[kind], 0.99),
      blocked: this.#blocked[kind],
      total: this.#all[kind].length,
    };
  }
}
