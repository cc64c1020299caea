import type { Transaction } from "../transaction.ts";

/** Whether a finished transaction gets an audit entry (spec: transaction, 7). */
export function isRelevant(tx: Transaction): boolean {
  const { auditEngine } = tx.control;
  if (auditEngine !== "RelevantOnly") return auditEngine === "On";
  const pattern = tx.ruleset.settings.auditLogRelevantStatus;
  const status = String((tx.interruption ?? tx.detectionOnlyInterruption)?.status ?? tx.variables.responseStatus.value);
  if (tx.matchedRules.some((matched) => matched.audit)) return pattern === undefined || pattern.test(status);
  return pattern !== undefined && pattern.test(status);
}
