import type { Transaction, Waf } from "@cuirass/engine";
import { isPromise } from "@cuirass/engine";

type HeaderLine = readonly [name: string, value: string];

/** A request and its answer; all texts are byte strings. */
export interface DifferentialExchange {
  /** Where it came from, to find it again. */
  readonly name: string;
  readonly method: string;
  readonly uri: string;
  readonly protocol: string;
  readonly headers: readonly HeaderLine[];
  readonly body: string;
  readonly response: { readonly status: number; readonly headers: readonly HeaderLine[]; readonly body: string };
}

/** Drives an exchange through all phases, as a host would, with an id that two runs share. */
export function runExchange(waf: Waf, exchange: DifferentialExchange): Transaction {
  const tx = waf.newTransaction({ id: "differential" });
  inspect(tx, exchange);
  atOnce(tx.processLogging());
  tx.close();
  return tx;
}

function inspect(tx: Transaction, exchange: DifferentialExchange): void {
  const { response } = exchange;
  const client = { address: "203.0.113.7", port: 49_152 };
  if (atOnce(tx.processRequest({ client, server: { address: "192.0.2.10", port: 443 }, ...exchange })) !== undefined)
    return;
  for (const [name, value] of response.headers) tx.addResponseHeader(name, value);
  if (atOnce(tx.processResponseHeaders(response.status, "HTTP/1.1")) !== undefined) return;
  if (tx.isResponseBodyAccessible() && tx.isResponseBodyProcessable()) {
    if (atOnce(tx.writeResponseBody(response.body)).interruption !== undefined) return;
  }
  atOnce(tx.processResponseBody());
}

function atOnce<T>(value: T | Promise<T>): T {
  if (isPromise(value)) throw new Error("a phase had to wait: nothing in the configuration gives it a reason to");
  return value;
}
