import type { Interruption, MaybePromise, Transaction, Waf } from "@cuirass/engine";
import { isPromise } from "@cuirass/engine";
import { installPolyfills } from "./polyfills.ts";

/**
 * What the last call came to, read by the C++ host without further calls.
 * Indexes: 0 interrupted, 1 status, 2 rule id, 3 request body wanted, 4 response body wanted, 5 and 6 bytes that still fit
 * into the request and the response body.
 */
let registers = new Float64Array(7);

/** The memory that C++ reads results from. Called once after start, also when the heap comes from a snapshot. */
export function attach(memory: ArrayBuffer): void {
  installPolyfills();
  registers = new Float64Array(memory);
}

/**
 * Creates the transaction and runs phase 1. `headers` and `args` alternate name and value.
 * An empty id gets a random one.
 */
export function requestHeaders(
  waf: Waf,
  id: string,
  client: string,
  clientPort: number,
  server: string,
  serverPort: number,
  uri: string,
  method: string,
  protocol: string,
  headers: readonly string[],
  args: readonly string[],
): Transaction {
  const tx = waf.newTransaction({ id });
  tx.processConnection(client, clientPort, server, serverPort);
  tx.processUri(uri, method, protocol);
  for (let at = 0; at < args.length; at += 2) tx.addGetArgument(args[at]!, args[at + 1]!);
  for (let at = 0; at < headers.length; at += 2) tx.addRequestHeader(headers[at]!, headers[at + 1]!);
  const host = tx.variables.requestHeaders.first("host");
  if (host !== undefined) tx.setServerName(host);
  settle(tx.processRequestHeaders());
  report(tx);
  return tx;
}

/** Stores a piece of the request body; past the limit the engine decides at once. */
export function writeRequestBody(tx: Transaction, piece: Uint8Array): void {
  settle(tx.writeRequestBody(piece));
  report(tx);
}

/** Stores the last piece, if any, and runs phase 2. */
export function requestBody(tx: Transaction, piece: Uint8Array | undefined): void {
  if (piece !== undefined) settle(tx.writeRequestBody(piece));
  settle(tx.processRequestBody());
  report(tx);
}

/** Response headers and phase 3. */
export function responseHeaders(tx: Transaction, status: number, protocol: string, headers: readonly string[]): void {
  for (let at = 0; at < headers.length; at += 2) tx.addResponseHeader(headers[at]!, headers[at + 1]!);
  settle(tx.processResponseHeaders(status, protocol));
  report(tx);
}

/** As `writeRequestBody`, for the response. */
export function writeResponseBody(tx: Transaction, piece: Uint8Array): void {
  settle(tx.writeResponseBody(piece));
  report(tx);
}

/** Stores the last piece, if any, and runs phase 4. */
export function responseBody(tx: Transaction, piece: Uint8Array | undefined): void {
  if (piece !== undefined) settle(tx.writeResponseBody(piece));
  settle(tx.processResponseBody());
  report(tx);
}

/** Phase 5, the audit entry, and the end of the transaction. `status` is that of the answer when no response was seen, or 0. */
export function finish(tx: Transaction, status: number): void {
  if (status !== 0) tx.variables.responseStatus.set(String(status));
  settle(tx.processLogging());
  tx.close();
  report(tx);
}

/** The end of a transaction that was given up. */
export function close(tx: Transaction): void {
  tx.close();
}

/** Action and redirect target of the interruption. */
export function intervention(tx: Transaction): readonly [action: string, data: string] {
  const { action, data } = tx.interruption as Interruption;
  return [action, data];
}

/** A macro text with the values of the transaction: for variables of the access log. */
export function expand(tx: Transaction, text: string): string {
  return tx.expandMacro(text);
}

function report(tx: Transaction): void {
  const { interruption, control } = tx;
  registers[0] = interruption === undefined ? 0 : 1;
  registers[1] = interruption === undefined ? 0 : interruption.status;
  registers[2] = interruption === undefined ? 0 : interruption.ruleId;
  const on = control.ruleEngine !== "Off";
  registers[3] = on && control.requestBodyAccess ? 1 : 0;
  registers[5] = control.requestBodyLimit - tx.requestBody.size;
  const room = control.responseBodyLimit - tx.responseBody.size;
  registers[6] = room;
  // Once the limit is reached the rest need not wait for anything.
  registers[4] = on && control.responseBodyAccess && room > 0 && tx.isResponseBodyProcessable() ? 1 : 0;
}

/** The ports of this host never make the engine wait; a promise would mean that rules were not evaluated. */
function settle(result: MaybePromise<unknown>): void {
  if (isPromise(result)) throw new Error("the engine has to wait for a port, which this host cannot do");
}
