/** A header line: name as received, value. */
export type HeaderLine = readonly [name: string, value: string];

/** An HTTP exchange that was recorded somewhere. Texts are byte strings. Plain data: it is sent to worker threads. */
export interface RecordedExchange {
  /** Where it comes from, for people: file and entry, or the name that the record gives it. */
  readonly name: string;
  readonly method: string;
  /** Request target as received. */
  readonly uri: string;
  readonly protocol: string;
  readonly headers: readonly HeaderLine[];
  readonly body: string;
  readonly client?: string;
  readonly response?: RecordedResponse;
  /** What the record says was decided then. */
  readonly recorded?: { readonly blocked: boolean; readonly ids: readonly number[] };
  /** Whether it is known to be an attack or not. */
  readonly kind?: "benign" | "attack";
  /** Bytes of the request as they were on the wire, when they are known. */
  readonly raw?: string;
}

/** The answer of an exchange. */
export interface RecordedResponse {
  readonly status: number;
  readonly protocol: string;
  readonly headers: readonly HeaderLine[];
  readonly body: string;
}

/** A text as its UTF-8 bytes. */
export function utf8(text: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII needs no conversion
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The record cannot be read as what it looks like; the message says where and why. */
export class TrafficError extends Error {
  override readonly name = "TrafficError";
}
