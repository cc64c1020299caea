import type { Bytes, Interruption, MaybePromise } from "@cuirass/engine";
import type { HttpDecision } from "./decision.ts";
import type { ParsedLeaves } from "./parsed.ts";
import type { HeaderLines, RequestHead, ResponseHead } from "./shapes.ts";

/** What a header phase decided. */
export interface HeadStep {
  readonly interruption: Interruption | undefined;
  /** The body is to be written and ended before anything goes on. False: the body phase has run without it. */
  readonly inspectBody: boolean;
  /** Bytes of the body that are taken, when it is inspected; a rule may have changed the limit for this exchange. */
  readonly bodyLimit: number;
}

/** What became of a piece of a body. */
export interface BodyStep {
  readonly interruption: Interruption | undefined;
  /** Bytes taken; fewer than given when the limit is reached, which ends the inspection of the body. */
  readonly accepted: number;
}

/** The engine's side of one exchange, in this thread or in another. Calls come in order and one at a time. */
export interface Inspection {
  readonly decision: HttpDecision;
  openRequest(head: RequestHead, bodyFollows: boolean): MaybePromise<HeadStep>;
  writeRequest(piece: Uint8Array): MaybePromise<BodyStep>;
  /** Header lines of the trailer are request headers from here on. */
  endRequest(trailers: HeaderLines): MaybePromise<Interruption | undefined>;
  /** The next piece of the request body written, for whoever is to get it; undefined after the last one. */
  nextHeld(): MaybePromise<Uint8Array | undefined>;
  /** Inspects what the framework read out of the request where rules did not see the same. */
  compareParsed(head: RequestHead, parsed: ParsedLeaves): MaybePromise<Interruption | undefined>;
  openResponse(head: ResponseHead, bodyFollows: boolean): MaybePromise<HeadStep>;
  writeResponse(piece: Bytes): MaybePromise<BodyStep>;
  endResponse(): MaybePromise<Interruption | undefined>;
  /** Logging phase; releases everything. The decision stays readable. */
  close(): MaybePromise<void>;
}

/** What hosts have to know of a compiled rule set. Plain data. */
export interface RuleSetFacts {
  readonly blocking: boolean;
  /** What becomes of a body beyond its limit: refused, or inspected up to it and let through. */
  readonly refusesBeyondLimit: { readonly request: boolean; readonly response: boolean };
}

/** A compiled rule set that exchanges can be inspected with. */
export interface RuleSetHandle extends RuleSetFacts {
  open(): Inspection;
}
