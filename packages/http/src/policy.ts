import type { BlockResponse } from "./block-response.ts";
import type { HttpDecision } from "./decision.ts";
import type { PathPattern } from "./route.ts";
import type { RequestHead } from "./shapes.ts";

/** What every adapter can be told, whatever its rules come from. */
export interface PolicyOptions {
  /** What happens when inspection itself fails: a broken port, a full queue, a dead worker. Default `block`. */
  readonly onFault?: "block" | "pass";
  /** Paths that are not inspected at all, or a function that says so. Paths match in their exact case. */
  readonly skip?: readonly PathPattern[] | ((request: RequestHead) => boolean);
  /** How a stopped exchange is answered. Default `auto`: JSON where the client prefers it, a page otherwise. */
  readonly blockResponse?: BlockResponse;
  /**
   * Requests with a Content-Encoding: `inspect` decompresses a copy within the body limit and answers 415 to codings that
   * cannot be read, `refuse` answers 415 to all of them, `pass` leaves their bodies uninspected. Default `inspect`.
   */
  readonly compressedRequests?: "inspect" | "refuse" | "pass";
  /** Responses with a Content-Encoding: `inspect` a decompressed copy, or `pass` their bodies. Default `inspect`. */
  readonly compressedResponses?: "inspect" | "pass";
  /** The client's address, for servers behind a trusted proxy. Default: the peer of the connection. */
  readonly clientAddress?: (request: RequestHead) => string;
  readonly hooks?: Hooks;
  /** Told what the application's own functions above throw. By default a line on standard error. */
  readonly onError?: (error: unknown) => void;
}

/** Functions that are told what happens. What they throw goes to `onError`. */
export interface Hooks {
  /** An exchange is over. `status` is what the client was answered, 0 when it got no answer. */
  readonly decision?: (decision: HttpDecision, request: RequestHead, status: number) => void;
  /** An exchange is being stopped. */
  readonly blocked?: (decision: HttpDecision, request: RequestHead, status: number) => void;
  /** Inspection failed; `policy` is what was done about it. */
  readonly fault?: (message: string, decision: HttpDecision, policy: "block" | "pass") => void;
}

/** Reads compressed bodies. */
export interface Decompressor {
  supports(coding: string): boolean;
  /** At most `limit` bytes. Data that end early give what is there; rejects on broken ones. */
  decompress(coding: string, pieces: readonly Uint8Array[], limit: number): Promise<readonly Uint8Array[]>;
}

/** A failure of inspection with a status of its own, such as 503 for a full queue. */
export class InspectionFault extends Error {
  readonly status: number;
  constructor(message: string, status = 500) {
    super(message);
    this.status = status;
  }
}

/** Reports what a function of the application threw; a reporter that throws too is not reported to anybody. */
export function reportError(policy: PolicyOptions, error: unknown): void {
  try {
    policy.onError?.(error);
  } catch {
    // Nobody is left to tell.
  }
}
