import type { Transaction } from "@cuirass/engine";
import { nameVerdict } from "@cuirass/node";
import type { Decision } from "@cuirass/node";

/** What was decided about an exchange, as plain data. */
export interface Verdict {
  readonly action: Decision["verdict"];
  readonly status: number;
  /** Rule that interrupted, 0 for none, a limit or a fault. */
  readonly ruleId: number;
  /** Rules that logged, ascending, each once. */
  readonly ids: readonly number[];
  /** Inbound and outbound anomaly score, as the CRS counts them. */
  readonly score: number;
}

const SCORES = ["blocking_inbound_anomaly_score", "blocking_outbound_anomaly_score"];

/** Reads a finished transaction. */
export function verdictOf(tx: Transaction): Verdict {
  const interruption = tx.interruption ?? tx.detectionOnlyInterruption;
  const ids = new Set<number>();
  for (const matched of tx.matchedRules) if (matched.log) ids.add(matched.rule.id);
  const variables = tx.collection("TX");
  return {
    action: nameVerdict(tx),
    status: interruption?.status ?? 0,
    ruleId: interruption?.ruleId ?? 0,
    ids: [...ids].toSorted((a, b) => a - b),
    score: SCORES.reduce((sum, name) => sum + Number(variables?.first(name) ?? 0), 0),
  };
}
