import { Counter, Gauge, Registry } from "prom-client";
import type { EngineFault, Transaction } from "@cuirass/engine";

/** The one registry of a process's metrics; every name begins with `cuirass_`. */
export class WafMetrics {
  readonly registry: Registry = new Registry();
  readonly #transactions: Counter;
  readonly #matchedRules: Counter;
  readonly #faults: Counter;
  readonly #refusedHeads: Counter;
  readonly #rules: Gauge;

  constructor() {
    const registers = [this.registry];
    this.#transactions = new Counter({
      name: "cuirass_transactions_total",
      help: "Finished transactions by verdict.",
      labelNames: ["verdict"],
      registers,
    });
    this.#matchedRules = new Counter({
      name: "cuirass_rule_matches_total",
      help: "Logged matches by rule id.",
      labelNames: ["rule_id"],
      registers,
    });
    this.#faults = new Counter({
      name: "cuirass_faults_total",
      help: "Faults of ports and limits by kind and by the policy that answered them.",
      labelNames: ["kind", "policy"],
      registers,
    });
    this.#refusedHeads = new Counter({
      name: "cuirass_refused_heads_total",
      help: "Request heads refused before inspection by status.",
      labelNames: ["status"],
      registers,
    });
    this.#rules = new Gauge({
      name: "cuirass_rules",
      help: "Rules in force.",
      labelNames: ["rule_set"],
      registers,
    });
  }

  /** Counts a finished transaction and its logged rules. Rule ids are bounded by the rule set. */
  observe(tx: Transaction): void {
    const verdict = tx.interruption !== undefined ? "blocked" : tx.detectionOnlyInterruption ? "would_block" : "passed";
    this.#transactions.inc({ verdict });
    for (const matched of tx.matchedRules) if (matched.log) this.#matchedRules.inc({ rule_id: matched.rule.id });
  }

  fault(fault: EngineFault): void {
    this.#faults.inc({ kind: fault.kind, policy: fault.policy });
  }

  refusedHead(status: number): void {
    this.#refusedHeads.inc({ status });
  }

  rulesLoaded(title: string, count: number): void {
    this.#rules.reset();
    this.#rules.set({ rule_set: title }, count);
  }
}
