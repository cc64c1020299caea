import type { Interruption, MaybePromise } from "@cuirass/engine";
import type { HttpDecision } from "./decision.ts";
import type { ParsedLeaves } from "./parsed.ts";
import type { HeaderLines, RequestHead, ResponseHead } from "./shapes.ts";

/** What a header phase decided. */
export interface HeadStep {
  readonly interruption: Interruption | undefined;
  /** The body is to be written and ended before anything goes on. False: the body phase has run without it. */
  readonly inspectBody: boolean;
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
  writeResponse(piece: Uint8Array): MaybePromise<BodyStep>;
  endResponse(): MaybePromise<Interruption | undefined>;
  /** Logging phase; releases everything. The decision stays readable. */
  close(): MaybePromise<void>;
}

/** A compiled rule set that exchanges can be inspected with. */
export interface RuleSetHandle {
  readonly requestBodyLimit: number;
  readonly responseBodyLimit: number;
  readonly blocking: boolean;
  open(): Inspection;
}
