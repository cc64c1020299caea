import type { Transaction, WholeRequest } from "../transaction.ts";
import { createWaf } from "../waf.ts";
import { WafConfigError } from "../errors.ts";

/** What a test says of a request; the rest is a plain GET. */
export type TestRequest = Partial<WholeRequest>;

/** Runs one request through all phases of a WAF with these rules; a port that answers late is an error of the test. */
export function runRules(rules: string, request: TestRequest = {}): Transaction {
  const tx = createWaf({ directives: [rules], host: {} }).newTransaction();
  const verdict = tx.processRequest({ method: "GET", uri: "/", headers: [["Host", "example.com"]], ...request });
  if (verdict instanceof Promise) throw new Error("a phase had to wait");
  void tx.processLogging();
  return tx;
}

/** Ids of the rules that matched, in the order of their matches. */
export function matchedIds(tx: Transaction): number[] {
  return tx.matchedRules.map(({ rule }) => rule.id);
}

/** Codes of the diagnostics with which a configuration is refused; empty when it is accepted. */
export function refusals(rules: string): string[] {
  try {
    createWaf({ directives: [rules], host: {} });
    return [];
  } catch (error) {
    if (!(error instanceof WafConfigError)) throw error;
    return error.diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
  }
}
