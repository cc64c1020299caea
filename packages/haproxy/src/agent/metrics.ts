import { Counter, Gauge, Histogram } from "prom-client";
import { WafMetrics } from "@cuirass/node";
import type { Report } from "../inspect/report.ts";

/** Upper bounds of the histogram that coraza-spoa has, in seconds. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const FRAME_BUCKETS = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576];

/** Name of a counter, without the prefix. */
export type CounterName =
  | "frames_total"
  | "decisions_total"
  | "errors_total"
  | "truncated_bodies_total"
  | "encoded_bodies_total"
  | "cache_evicted_total"
  | "detect_dropped_total"
  | "log_dropped_total"
  | "worker_restarts_total";

/** What messages and workers count: help and labels by name, without the prefix. */
const counters: Readonly<Record<CounterName, readonly [help: string, labels: readonly string[]]>> = {
  frames_total: ["Frames received by type.", ["type"]],
  decisions_total: ["Answers by application, phase and action.", ["app", "phase", "action"]],
  errors_total: ["Errors by kind.", ["kind"]],
  truncated_bodies_total: ["Bodies that HAProxy passed only in part.", ["app", "direction"]],
  encoded_bodies_total: ["Bodies with a content encoding, inspected as they are.", ["app", "direction"]],
  cache_evicted_total: ["Transactions that left the cache without a response.", ["app", "reason"]],
  detect_dropped_total: ["Detect-only responses that were not evaluated for want of room.", []],
  log_dropped_total: ["Log lines dropped because the log could not keep up.", []],
  worker_restarts_total: ["Workers that were replaced.", []],
};

/** Values of this moment, asked for whenever metrics are read. */
export interface AgentGauges {
  connections(): number;
  queued(): number;
  /** Transactions that wait for their response, by application. */
  kept(): ReadonlyMap<string, number>;
}

/** The agent's metrics in the registry of the process: `cuirass_spoa_...`, and the one histogram that coraza-spoa has. */
export class AgentMetrics {
  readonly waf: WafMetrics = new WafMetrics();
  readonly #counters = new Map<string, Counter>();
  readonly #duration: Histogram;
  readonly #frameBytes: Histogram;

  constructor(gauges: AgentGauges) {
    this.waf.collectProcess();
    const registers = [this.waf.registry];
    for (const [name, [help, labelNames]] of Object.entries(counters)) {
      const full = `cuirass_spoa_${name}`;
      this.#counters.set(name, new Counter({ name: full, help, labelNames: [...labelNames], registers }));
    }
    this.#duration = new Histogram({
      name: "coraza_handle_spoe_duration_seconds",
      help: "Duration of SPOE handling.",
      buckets: DURATION_BUCKETS,
      registers,
    });
    this.#frameBytes = new Histogram({
      name: "cuirass_spoa_frame_bytes",
      help: "Sizes of received NOTIFY frames.",
      buckets: FRAME_BUCKETS,
      registers,
    });
    new Gauge({
      name: "cuirass_spoa_connections",
      help: "Open connections.",
      registers,
      collect() {
        this.set(gauges.connections());
      },
    });
    new Gauge({
      name: "cuirass_spoa_cache_entries",
      help: "Transactions that wait for their response.",
      labelNames: ["app"],
      registers,
      collect() {
        this.reset();
        for (const [app, entries] of gauges.kept()) this.set({ app }, entries);
      },
    });
    this.waf.queue("spoa_messages", () => gauges.queued());
  }

  count(name: CounterName, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    this.#counters.get(name)!.inc(labels, by);
  }

  observeDuration(seconds: number): void {
    this.#duration.observe(seconds);
  }

  observeFrame(bytes: number): void {
    this.#frameBytes.observe(bytes);
  }

  /** What a worker counted. */
  take(report: Report): void {
    for (const { name, labels, by } of report.counts) this.count(name, labels, by);
    for (const { app, summary } of report.transactions) this.waf.observeSummary(summary, app);
    for (const fault of report.faults) this.waf.fault(fault);
    for (const { writer, result, entries } of report.audit) this.waf.audit(writer, result, entries);
    for (const { store, result, calls } of report.stores) this.waf.store(store, result, calls);
  }
}
