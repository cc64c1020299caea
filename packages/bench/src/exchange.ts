import type { Transaction, Waf } from "@cuirass/engine";
import { isPromise } from "@cuirass/engine";
import type { HeaderLine, TrafficClass, WorkloadTransaction } from "./workload.ts";

/** A transaction as it lies on the wire, ready to be handed to an engine any number of times. */
export interface RecordedExchange {
  readonly name: string;
  readonly class: TrafficClass;
  readonly method: Buffer;
  readonly uri: Buffer;
  readonly protocol: Buffer;
  readonly headers: readonly (readonly [name: Buffer, value: Buffer])[];
  /** The body in the pieces that a socket delivers. */
  readonly body: readonly Buffer[];
  readonly status: number;
  readonly responseHeaders: readonly (readonly [name: Buffer, value: Buffer])[];
  readonly responseBody: readonly Buffer[];
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** The texts of an exchange as a host has them: byte strings made for this one transaction. */
export interface Exchange {
  readonly recorded: RecordedExchange;
  readonly method: string;
  readonly uri: string;
  readonly protocol: string;
  readonly host: string;
  readonly headers: readonly HeaderLine[];
  readonly responseHeaders: readonly HeaderLine[];
}

const PIECE = 65_536;

/** Encodes a transaction once; texts become UTF-8. */
export function recordExchange(transaction: WorkloadTransaction): RecordedExchange {
  const { response } = transaction;
  const body =
    transaction.bodyBase64 === undefined
      ? Buffer.from(transaction.body, "utf8")
      : Buffer.from(transaction.bodyBase64, "base64");
  const responseBody = Buffer.from(response.body, "utf8");
  const lines = (headers: readonly HeaderLine[]): (readonly [Buffer, Buffer])[] =>
    headers.map(([name, value]) => [Buffer.from(name, "utf8"), Buffer.from(value, "utf8")]);
  const headers = lines(transaction.headers);
  const responseHeaders = lines(response.headers);
  const method = Buffer.from(transaction.method, "utf8");
  const uri = Buffer.from(transaction.uri, "utf8");
  const protocol = Buffer.from(transaction.protocol, "utf8");
  return {
    name: transaction.name,
    class: transaction.class,
    method,
    uri,
    protocol,
    headers,
    body: pieces(body),
    status: response.status,
    responseHeaders,
    responseBody: pieces(responseBody),
    requestBytes: method.length + uri.length + protocol.length + 4 + sizeOf(headers) + body.length,
    responseBytes: sizeOf(responseHeaders) + responseBody.length,
  };
}

/**
 * New strings for one run: they share neither memory nor cached hashes with those of the run before, as on a server.
 * Not to be timed.
 */
export function materialise(recorded: RecordedExchange): Exchange {
  const headers = recorded.headers.map(texts);
  return {
    recorded,
    method: recorded.method.toString("latin1"),
    uri: recorded.uri.toString("latin1"),
    protocol: recorded.protocol.toString("latin1"),
    host: headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "",
    headers,
    responseHeaders: recorded.responseHeaders.map(texts),
  };
}

/**
 * A full transaction as the reverse proxy drives it, from the connection to close. This is what is timed.
 * @throws Error when the engine has to wait for something: nothing in the bench's configuration gives it a reason.
 */
export function runExchange(waf: Waf, exchange: Exchange): Transaction {
  const tx = waf.newTransaction();
  inspect(tx, exchange);
  done(tx.processLogging());
  tx.close();
  return tx;
}

function inspect(tx: Transaction, exchange: Exchange): void {
  const { recorded } = exchange;
  tx.processConnection("203.0.113.7", 49_152, "192.0.2.10", 443);
  tx.processUri(exchange.uri, exchange.method, exchange.protocol);
  for (const [name, value] of exchange.headers) tx.addRequestHeader(name, value);
  tx.setServerName(exchange.host);
  if (done(tx.processRequestHeaders()) !== undefined) return;
  if (tx.isRequestBodyAccessible() && !tx.isRuleEngineOff()) {
    for (const piece of recorded.body) {
      const { interruption, accepted } = done(tx.writeRequestBody(piece));
      if (interruption !== undefined) return;
      if (accepted < piece.length) break;
    }
  }
  if (done(tx.processRequestBody()) !== undefined) return;
  for (const [name, value] of exchange.responseHeaders) tx.addResponseHeader(name, value);
  if (done(tx.processResponseHeaders(recorded.status, "HTTP/1.1")) !== undefined) return;
  if (tx.isResponseBodyAccessible() && tx.isResponseBodyProcessable()) {
    for (const piece of recorded.responseBody) {
      const { interruption, accepted } = done(tx.writeResponseBody(piece));
      if (interruption !== undefined) return;
      if (accepted < piece.length) break;
    }
  }
  done(tx.processResponseBody());
}

function done<T>(value: T | Promise<T>): T {
  if (isPromise(value)) throw new Error("the engine waits for a port; the bench's configuration gives it no reason to");
  return value;
}

function texts([name, value]: readonly [Buffer, Buffer]): HeaderLine {
  return [name.toString("latin1"), value.toString("latin1")];
}

function pieces(bytes: Buffer): Buffer[] {
  const list: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) list.push(bytes.subarray(at, at + PIECE));
  return list;
}

function sizeOf(headers: readonly (readonly [Buffer, Buffer])[]): number {
  let size = 0;
  for (const [name, value] of headers) size += name.length + value.length + 4;
  return size;
}
