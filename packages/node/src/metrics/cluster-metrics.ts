import type { Counter, MetricObjectWithValues, MetricValue, Registry } from "prom-client";
import { promClient } from "../on-demand.ts";

/** Metrics of one process as they travel between processes. */
export type MetricsSnapshot = MetricObjectWithValues<MetricValue<string>>[];

/** The metrics of a process, to be sent to another one. */
export function takeSnapshot(registry: Registry): Promise<MetricsSnapshot> {
  return registry.getMetricsAsJSON() as Promise<MetricsSnapshot>;
}

/** Metrics of several worker processes as one text, with those of the process that looks after them. */
export class ClusterMetrics {
  readonly #own: Registry;
  readonly #restarts: Counter<"reason">;
  readonly #snapshots: () => Promise<MetricsSnapshot[]>;

  /** `snapshots` asks the workers; one that does not answer is left out. */
  constructor(workers: () => number, snapshots: () => Promise<MetricsSnapshot[]>) {
    const { Counter, Gauge, Registry } = promClient();
    this.#own = new Registry();
    this.#snapshots = snapshots;
    this.#restarts = new Counter({
      name: "cuirass_worker_restarts_total",
      help: "Worker processes that ended unasked and were started anew, by reason.",
      labelNames: ["reason"],
      registers: [this.#own],
    });
    new Gauge({
      name: "cuirass_workers",
      help: "Worker processes that serve.",
      registers: [this.#own],
      collect() {
        this.set(workers());
      },
    });
  }

  /** `reason` is a signal's name, or `exit`. */
  restarted(reason: string): void {
    this.#restarts.inc({ reason });
  }

  /** What an admin server asks for. */
  get registry(): { readonly contentType: string; metrics(): Promise<string> } {
    return {
      contentType: this.#own.contentType,
      metrics: async () => {
        const snapshots = await this.#snapshots();
        const workers =
          snapshots.length === 0
            ? ""
            : await promClient()
                .AggregatorRegistry.aggregate(snapshots as never)
                .metrics();
        return `${await this.#own.metrics()}\n${workers}`;
      },
    };
  }
}
