import type { FaultPolicy, Transaction, Waf } from "@cuirass/engine";
import type { IntakeLimits } from "./intake.ts";
import type { UpstreamGroup } from "../upstream/upstream-group.ts";

/** Where a request goes and what judges it. */
export interface RouteTarget {
  readonly upstream: UpstreamGroup;
  readonly ruleSet: string;
  /** The rules of new requests; read for each one, so that they can be replaced while running. */
  readonly waf: () => Waf;
  /** gRPC streams are not held: their headers are inspected, their messages are not. */
  readonly grpc: boolean;
}

/** How exchanges are treated, whatever their route. */
export interface ExchangePolicy {
  /** When a part of the inspection fails. In detection mode nothing is ever blocked for it. */
  readonly onFault: FaultPolicy;
  /** Requests with a Content-Encoding: `inspect` a decompressed copy, `refuse` them with 415, or `pass` their bodies. */
  readonly compressedRequests: "inspect" | "refuse" | "pass";
  /** Responses: `inspect` a decompressed copy, ask applications for `identity`, or `pass` compressed bodies. */
  readonly compressedResponses: "inspect" | "identity" | "pass";
  readonly intake: IntakeLimits;
  /** Response header that lists the ids of logged rules; for test runners, never on a public server. */
  readonly exposeMatches: string | undefined;
}

/** An exchange that is over. */
export interface ExchangeRecord {
  readonly tx: Transaction;
  readonly requestId: string;
  readonly startMs: number;
  readonly durationMs: number;
  /** The visitor: the peer, or what a trusted proxy says. */
  readonly client: string;
  readonly peer: string;
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly protocol: string;
  readonly tls: string | undefined;
  /** What the client was answered, 0 when it got no answer. */
  readonly status: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly ruleSet: string;
  readonly upstream: string;
  /** The server that answered, "" when none did. */
  readonly server: string;
  /** Milliseconds until it answered. */
  readonly upstreamMs: number;
  /** Why there was no whole answer, "" when there was. */
  readonly error: string;
  readonly userAgent: string;
  readonly referer: string;
}

/** What exchanges tell. */
export interface ExchangeEvents {
  /** Called after each exchange, before its transaction closes. */
  onExchange?(record: ExchangeRecord): void;
  /** A part of the inspection outside the engine failed; the engine tells its own faults itself. */
  onFault?(kind: string, message: string, policy: FaultPolicy, requestId: string): void;
}
