import type { MaybePromise, Transaction, Waf } from "@cuirass/engine";
import { isPromise } from "@cuirass/engine";
import type { RecordedExchange } from "./traffic/recorded-exchange.ts";

/**
 * Takes a recorded exchange through all phases, as a host does. The transaction is closed; what it found can still be read.
 * A promise only when a rule has to wait for a port.
 */
export function runExchange(waf: Waf, exchange: RecordedExchange): MaybePromise<Transaction> {
  const tx = waf.newTransaction();
  const request = tx.processRequest({
    client: { address: exchange.client ?? "127.0.0.1", port: 40_000 },
    server: { address: "127.0.0.1", port: 80 },
    method: exchange.method,
    uri: exchange.uri,
    protocol: exchange.protocol,
    headers: exchange.headers,
    // Perf: bytes are taken as they are; of a string the engine looks at every unit first.
    body: Buffer.from(exchange.body, "latin1"),
  });
  return isPromise(request) ? request.then(() => finish(tx, exchange)) : finish(tx, exchange);
}

function finish(tx: Transaction, exchange: RecordedExchange): MaybePromise<Transaction> {
  const answered = tx.isInterrupted() ? undefined : respond(tx, exchange);
  const logged = isPromise(answered) ? answered.then(() => tx.processLogging()) : tx.processLogging();
  if (isPromise(logged)) return logged.then(() => close(tx));
  return close(tx);
}

function respond(tx: Transaction, { response }: RecordedExchange): MaybePromise<unknown> {
  // Without a recorded response its phases are left out: an invented one would be inspected for nothing.
  if (response === undefined) return undefined;
  for (const [name, value] of response.headers) tx.addResponseHeader(name, value);
  const headers = tx.processResponseHeaders(response.status, response.protocol);
  return isPromise(headers) ? headers.then(() => respondBody(tx, response.body)) : respondBody(tx, response.body);
}

function respondBody(tx: Transaction, body: string): MaybePromise<unknown> {
  if (tx.isInterrupted()) return undefined;
  if (!tx.isResponseBodyAccessible() || !tx.isResponseBodyProcessable()) return tx.processResponseBody();
  const written = tx.writeResponseBody(Buffer.from(body, "latin1"));
  return isPromise(written) ? written.then(() => tx.processResponseBody()) : tx.processResponseBody();
}

function close(tx: Transaction): Transaction {
  tx.close();
  return tx;
}
