import type { Waf } from "../waf.ts";
import type { WafConfig } from "../config.ts";
import { Transaction } from "../transaction.ts";
import { createTransactionId } from "../transaction-id.ts";
import { createWaf } from "../waf.ts";
import { evaluatePhasePlainly } from "./plain-evaluator.ts";

/**
 * A WAF that evaluates every rule on every value: the same answers as `createWaf` gives, many times slower on ordinary traffic.
 * Differential tests compare the two. Ports must answer at once.
 */
export function createPlainWaf(config: WafConfig): Waf {
  const waf = createWaf(config);
  const context = { ...waf.context, evaluatePhase: evaluatePhasePlainly };
  return {
    ...waf,
    context,
    newTransaction: ({ id = "" } = {}) => new Transaction(context, id || createTransactionId(context.host.random)),
  };
}
