import type { Transaction } from "@cuirass/engine";

/** What metrics want to know of a finished transaction: plain data, so that worker threads can send it. */
export interface TransactionSummary {
  readonly verdict: "blocked" | "would_block" | "passed";
  /** Ids of logged rules that matched, each as often as it did. */
  readonly ruleIds: readonly number[];
  /** Tags of those rules. */
  readonly tags: readonly string[];
  /** Milliseconds of rules by phase; index 0 is unused, phases that did not run are 0. */
  readonly phaseMs: readonly number[];
  readonly inboundScore: number | undefined;
  readonly outboundScore: number | undefined;
  readonly requestTruncated: boolean;
  readonly responseTruncated: boolean;
  readonly rulesEvaluated: number;
  readonly rulesPassedOver: number;
}

/** TX variables that hold the score at the end, newest rule sets first. */
const inboundNames = ["blocking_inbound_anomaly_score", "inbound_anomaly_score", "anomaly_score"];
const outboundNames = ["blocking_outbound_anomaly_score", "outbound_anomaly_score"];

/** Reads a transaction before it closes. */
export function summarise(tx: Transaction): TransactionSummary {
  const logged = tx.matchedRules.filter(({ log }) => log);
  return {
    verdict: tx.interruption !== undefined ? "blocked" : tx.detectionOnlyInterruption ? "would_block" : "passed",
    ruleIds: logged.map(({ rule }) => rule.id),
    tags: logged.flatMap(({ rule }) => rule.tags),
    phaseMs: tx.phaseMs,
    inboundScore: scoreOf(tx, inboundNames),
    outboundScore: scoreOf(tx, outboundNames),
    requestTruncated: tx.variables.inboundDataError.value === "1",
    responseTruncated: tx.variables.outboundDataError.value === "1",
    rulesEvaluated: tx.rulesEvaluated,
    rulesPassedOver: tx.rulesPassedOver,
  };
}

function scoreOf(tx: Transaction, names: readonly string[]): number | undefined {
  for (const name of names) {
    const text = tx.variables.tx.first(name);
    if (text !== undefined && text !== "" && Number.isFinite(Number(text))) return Number(text);
  }
  return undefined;
}
