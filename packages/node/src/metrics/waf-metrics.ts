import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import { promClient } from "../on-demand.ts";
import type { EngineFault, Transaction } from "@cuirass/engine";
import type { ReloadResult } from "../reload/live-waf.ts";
import type { TransactionSummary } from "./transaction-summary.ts";
import { BoundedLabel } from "./bounded-label.ts";
import { summarise } from "./transaction-summary.ts";

/** Application of hosts that have one. */
const DEFAULT_APP = "default";
const PHASE_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
/** Scores of CRS rules are 2 to 5; its thresholds are 5 inbound and 4 outbound. */
const SCORE_BUCKETS = [0, 2, 3, 4, 5, 8, 10, 15, 20, 30, 50, 100];

/** The one registry of a process's metrics; every name of ours begins with `cuirass_`. */
export class WafMetrics {
  readonly registry: Registry;
  readonly #apps = new BoundedLabel(100);
  readonly #ruleIds = new BoundedLabel(2000);
  readonly #tags = new BoundedLabel(300);
  readonly #queues = new Map<string, () => number>();
  /** Rule set of each application. */
  readonly #titles = new Map<string, string>();
  readonly #transactions: Counter<"app" | "verdict">;
  readonly #ruleMatches: Counter<"rule_id">;
  readonly #tagMatches: Counter<"tag">;
  readonly #phases: Histogram<"phase">;
  readonly #scores: Histogram<"direction">;
  readonly #truncated: Counter<"side">;
  readonly #evaluated: Counter<"outcome">;
  readonly #faults: Counter<"kind" | "policy">;
  readonly #refusedHeads: Counter<"status">;
  readonly #rules: Gauge<"app" | "rule_set">;
  readonly #loadSeconds: Gauge<"app">;
  readonly #loadTime: Gauge<"app">;
  readonly #reloads: Counter<"trigger" | "result">;
  readonly #auditEntries: Counter<"writer" | "result">;
  readonly #storeCalls: Counter<"store" | "result">;

  /** With a registry of the application's own the metrics appear among its others. */
  constructor(registry: Registry = new (promClient().Registry)()) {
    const { Counter, Gauge, Histogram } = promClient();
    this.registry = registry;
    const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
      new Counter({ name, help, labelNames, registers: [registry] });
    // Worker processes that run the same rules are not to be added up.
    const gauge = <L extends string>(name: string, help: string, labelNames: L[]): Gauge<L> =>
      new Gauge({ name, help, labelNames, aggregator: "max", registers: [registry] });

    this.#transactions = counter("cuirass_transactions_total", "Finished transactions by application and verdict.", [
      "app",
      "verdict",
    ]);
    this.#ruleMatches = counter("cuirass_rule_matches_total", "Logged matches by rule id.", ["rule_id"]);
    this.#tagMatches = counter("cuirass_tag_matches_total", "Logged matches by tag of the rule.", ["tag"]);
    this.#phases = new Histogram({
      name: "cuirass_phase_duration_seconds",
      help: "Time that rules took, by phase.",
      labelNames: ["phase"],
      buckets: PHASE_BUCKETS,
      registers: [registry],
    });
    this.#scores = new Histogram({
      name: "cuirass_anomaly_score",
      help: "Anomaly scores of transactions at their end.",
      labelNames: ["direction"],
      buckets: SCORE_BUCKETS,
      registers: [registry],
    });
    this.#truncated = counter(
      "cuirass_truncated_bodies_total",
      "Bodies beyond the limit, inspected in part or refused.",
      ["side"],
    );
    this.#evaluated = counter(
      "cuirass_rule_evaluations_total",
      "Rules evaluated, and rules that the prefilter showed to be unable to match.",
      ["outcome"],
    );
    this.#faults = counter(
      "cuirass_faults_total",
      "Faults of ports and limits by kind and by the policy that answered them.",
      ["kind", "policy"],
    );
    this.#refusedHeads = counter("cuirass_refused_heads_total", "Request heads refused before inspection by status.", [
      "status",
    ]);
    this.#rules = gauge("cuirass_rules", "Rules in force.", ["app", "rule_set"]);
    this.#loadSeconds = gauge("cuirass_rules_load_seconds", "Time that loading the rules in force took.", ["app"]);
    this.#loadTime = gauge("cuirass_rules_load_timestamp_seconds", "When the rules in force were loaded.", ["app"]);
    this.#reloads = counter("cuirass_reloads_total", "Reloads by what asked for them and by result.", [
      "trigger",
      "result",
    ]);
    this.#auditEntries = counter("cuirass_audit_entries_total", "Audit entries by writer: written, retried, lost.", [
      "writer",
      "result",
    ]);
    this.#storeCalls = counter(
      "cuirass_store_calls_total",
      "Calls of the collection store: ok, failed, or refused while it is known to be down.",
      ["store", "result"],
    );
    const queues = this.#queues;
    new Gauge({
      name: "cuirass_queue_length",
      help: "Entries that wait, by queue.",
      labelNames: ["queue"],
      registers: [registry],
      collect() {
        for (const [queue, length] of queues) this.set({ queue }, length());
      },
    });
  }

  /** Adds what prom-client tells of the process: CPU, memory, event loop lag. Once per registry. */
  collectProcess(): void {
    promClient().collectDefaultMetrics({ register: this.registry });
  }

  /** Counts a finished transaction. */
  observe(tx: Transaction, app: string = DEFAULT_APP): void {
    this.observeSummary(summarise(tx), app);
  }

  /** The same for a transaction of another thread. */
  observeSummary(summary: TransactionSummary, app: string = DEFAULT_APP): void {
    this.#transactions.inc({ app: this.#apps.of(app), verdict: summary.verdict });
    for (const id of summary.ruleIds) this.#ruleMatches.inc({ rule_id: this.#ruleIds.of(String(id)) });
    for (const tag of summary.tags) this.#tagMatches.inc({ tag: this.#tags.of(tag) });
    for (let phase = 1; phase <= 5; phase++) {
      const ms = summary.phaseMs[phase] ?? 0;
      if (ms > 0) this.#phases.observe({ phase }, ms / 1000);
    }
    if (summary.inboundScore !== undefined) this.#scores.observe({ direction: "inbound" }, summary.inboundScore);
    if (summary.outboundScore !== undefined) this.#scores.observe({ direction: "outbound" }, summary.outboundScore);
    if (summary.requestTruncated) this.#truncated.inc({ side: "request" });
    if (summary.responseTruncated) this.#truncated.inc({ side: "response" });
    this.#evaluated.inc({ outcome: "evaluated" }, summary.rulesEvaluated);
    this.#evaluated.inc({ outcome: "passed_over" }, summary.rulesPassedOver);
  }

  fault(fault: Pick<EngineFault, "kind" | "policy">): void {
    this.#faults.inc({ kind: fault.kind, policy: fault.policy });
  }

  refusedHead(status: number): void {
    this.#refusedHeads.inc({ status });
  }

  /** Rules came into force. `title` names the rule set and its version. */
  rulesLoaded(title: string, count: number, seconds?: number, app: string = DEFAULT_APP): void {
    const label = this.#apps.of(app);
    // The series of the version before must not stay beside that of the new one.
    const before = this.#titles.get(label);
    if (before !== undefined) this.#rules.remove({ app: label, rule_set: before });
    const labels = { app: label, rule_set: title };
    this.#titles.set(label, title);
    this.#rules.set(labels, count);
    this.#loadTime.set({ app: label }, Date.now() / 1000);
    if (seconds !== undefined) this.#loadSeconds.set({ app: label }, seconds);
  }

  reloaded({ trigger, ok }: Pick<ReloadResult, "trigger" | "ok">): void {
    this.#reloads.inc({ trigger, result: ok ? "ok" : "failed" });
  }

  /** Entries of the audit log. Losses are never silent: they are counted here. */
  audit(writer: string, result: "written" | "retried" | "lost", count = 1): void {
    this.#auditEntries.inc({ writer, result }, count);
  }

  store(name: string, result: "ok" | "failed" | "refused", calls = 1): void {
    this.#storeCalls.inc({ store: name, result }, calls);
  }

  /** Shows the length of a queue whenever metrics are read. Names are a closed set. */
  queue(name: string, length: () => number): void {
    this.#queues.set(name, length);
  }
}
