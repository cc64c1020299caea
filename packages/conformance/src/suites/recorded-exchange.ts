import type { Interruption, Transaction } from "@cuirass/engine";

/** A request of the recorded data; texts are JSON text whose UTF-8 bytes went over the wire. */
export interface RecordedRequest {
  readonly method?: string;
  readonly uri?: string;
  readonly protocol?: string;
  readonly client?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
}

/** A response of the recorded data. */
export interface RecordedResponse {
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
}

/** JSON text to the bytes it stands for. */
export function wire(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Bytes as the recordings write them. */
export function unwire(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/**
 * Calls a transaction as a well-behaved connector does: stops at the first interruption, then logs. Without a recorded
 * response the response phases run on an empty one. `rawUri` is the target where the recorded text lost bytes.
 */
export function replay(
  tx: Transaction,
  request: RecordedRequest,
  response: RecordedResponse = {},
  rawUri: string = wire(request.uri ?? "/"),
): void {
  tx.processConnection(request.client ?? "127.0.0.1", 12_345, "10.0.0.1", 80);
  tx.processUri(rawUri, request.method ?? "GET", request.protocol ?? "HTTP/1.1");
  for (const [name, value] of request.headers ?? []) {
    tx.addRequestHeader(wire(name), wire(value));
    if (name.toLowerCase() === "host") tx.setServerName(wire(value));
  }
  if (!throughRequest(tx, request)) throughResponse(tx, response);
  now(tx.processLogging());
}

function throughRequest(tx: Transaction, request: RecordedRequest): boolean {
  if (now(tx.processRequestHeaders()) !== undefined) return true;
  if (request.body !== undefined && request.body !== "") {
    if (now(tx.writeRequestBody(wire(request.body))).interruption !== undefined) return true;
  }
  return now(tx.processRequestBody()) !== undefined;
}

function throughResponse(tx: Transaction, response: RecordedResponse): void {
  for (const [name, value] of response.headers ?? []) tx.addResponseHeader(wire(name), wire(value));
  if (now(tx.processResponseHeaders(response.status || 200, "HTTP/1.1")) !== undefined) return;
  if (response.body !== undefined && tx.isResponseBodyAccessible() && tx.isResponseBodyProcessable()) {
    if (now(tx.writeResponseBody(wire(response.body))).interruption !== undefined) return;
  }
  now(tx.processResponseBody());
}

/** The recorded data need no port that answers late: an answer is there at once, or the suite is wrong. */
export function now<T>(value: T | Promise<T>): T {
  if (value instanceof Promise) throw new Error("a phase call had to wait, which no recorded case should");
  return value;
}

/** Interruptions as one comparable text. */
export function showInterruption(
  interruption: Interruption | { rule_id: number; action: string; status: number; data: string } | null | undefined,
): string {
  if (interruption === null || interruption === undefined) return "none";
  const id = "ruleId" in interruption ? interruption.ruleId : interruption.rule_id;
  return `${interruption.action} ${interruption.status} by ${id} ${interruption.data}`.trim();
}
