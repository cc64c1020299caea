import type { Interruption, Transaction } from "@cuirass/engine";
import type { ApplicationConfig } from "../config/agent-config.ts";
import type { VariableAction } from "../spop/actions.ts";
import type { ExchangeVerdict } from "./exchange.ts";
import type { Decision } from "./variables.ts";
import { isCut } from "./body-check.ts";
import { booleanVariable, ErrorValue, interruptionVariables, numberVariable, textVariable } from "./variables.ts";

/** What an exchange comes to, and the variables that say so. */
export interface Conclusion {
  readonly decision: Decision;
  /** Label for metrics: the action that blocks, or the decision. */
  readonly action: string;
  readonly variables: readonly VariableAction[];
}

/**
 * Translates the engine's verdict and the policies of the application.
 *
 * Invariant: a transaction with a fault that did not block sets `error`, so that HAProxy rules that fail closed do.
 */
export function conclude(
  config: ApplicationConfig,
  tx: Transaction,
  phase: "request" | "response",
  verdict: ExchangeVerdict,
): Conclusion {
  const cut = verdict.body !== undefined && isCut(config, verdict.body);
  const failed = tx.faults.length > 0;
  const blocking = verdict.interruption ?? (cut && config.onTruncated === "deny" ? refusal(phase) : undefined);
  let decision: Decision = tx.detectionOnlyInterruption === undefined ? "pass" : "detect";
  if (cut && config.onTruncated === "flag") decision = "truncated";
  if (failed) decision = "error";
  if (blocking !== undefined) decision = "block";

  const variables: VariableAction[] = blocking === undefined ? [] : interruptionVariables(blocking);
  if (failed) variables.push(numberVariable("error", ErrorValue.unknown));
  variables.push(textVariable("decision", decision));
  // In responses also when it is false: the request may have set it.
  if (config.onTruncated !== "pass" && (cut || phase === "response")) variables.push(booleanVariable("truncated", cut));
  if (config.legacyVariables && phase === "request") {
    if (decision !== "block") variables.push(textVariable("action", "allow"));
    variables.push(numberVariable("fail", decision === "block" ? 1 : 0));
  }
  return { decision, action: blocking?.action ?? decision, variables };
}

function refusal(phase: "request" | "response"): Interruption {
  return { action: "deny", status: phase === "request" ? 413 : 502, data: "", ruleId: 0 };
}
