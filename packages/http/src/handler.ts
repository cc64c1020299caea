import type { Interruption, MaybePromise } from "@cuirass/engine";
import { isPromise } from "@cuirass/engine";
import type { Refusal } from "./block-response.ts";
import { blockResponse } from "./block-response.ts";
import type { HttpDecision } from "./decision.ts";
import type { HeadStep, Inspection, RuleSetHandle } from "./inspection.ts";
import { after } from "./maybe.ts";
import type { ParsedRequest } from "./parsed.ts";
import { listLeaves } from "./parsed.ts";
import type { Decompressor, PolicyOptions } from "./policy.ts";
import { InspectionFault } from "./policy.ts";
import type { HeaderLines, RequestHead, ResponseHead } from "./shapes.ts";
import { firstHeader } from "./shapes.ts";

/** Go on (undefined), or do this instead. */
export type Verdict = Refusal | undefined;

/**
 * One request and its response on their way through the WAF: the flow that all adapters share. A host calls, in order
 *
 *     openRequest;  while holdsRequest: writeRequest*, endRequest, nextHeld*        before the application runs
 *     compareParsed                                                                 when it has parsed the request, if it can
 *     openResponse; while holdsResponse: writeResponse*, endResponse                before anything is sent
 *     finish                                                                        whatever happened
 *
 * and stops at the first verdict. Nothing here throws or rejects: a failure becomes the fault policy's verdict.
 */
export class Exchange {
  readonly request: RequestHead;
  /** The request body is wanted before the application gets it. */
  holdsRequest = false;
  /** The response body is wanted before the client gets it. */
  holdsResponse = false;
  readonly #inspection: Inspection;
  readonly #ruleSet: RuleSetHandle;
  readonly #policy: PolicyOptions;
  readonly #decompressor: Decompressor;
  #request: BodyProgress = new BodyProgress("", 0);
  #response: BodyProgress = new BodyProgress("", 0);
  #uninspected = false;
  #finished = false;
  #replayed = 0;

  constructor(request: RequestHead, ruleSet: RuleSetHandle, policy: PolicyOptions, decompressor: Decompressor) {
    this.request = request;
    this.#inspection = ruleSet.open();
    this.#ruleSet = ruleSet;
    this.#policy = policy;
    this.#decompressor = decompressor;
  }

  get decision(): HttpDecision {
    return this.#inspection.decision;
  }

  /** Request line and headers; without a body also the rules about it. */
  openRequest(bodyFollows: boolean): MaybePromise<Verdict> {
    const coding = bodyFollows ? contentCoding(this.request.headers) : "";
    const compressed = this.#policy.compressedRequests ?? "inspect";
    if (coding !== "" && compressed !== "pass" && (compressed === "refuse" || !this.#decompressor.supports(coding))) {
      return this.#run(() =>
        after(this.#inspection.openRequest(this.request, false), ({ interruption }) =>
          interruption === undefined ? this.#answer(415) : this.#stop(interruption),
        ),
      );
    }
    const wanted = bodyFollows && (coding === "" || compressed === "inspect");
    return this.#run(() =>
      after(this.#inspection.openRequest(this.request, wanted), (step) => {
        this.holdsRequest = step.inspectBody;
        this.#request = new BodyProgress(coding, this.#ruleSet.requestBodyLimit);
        return this.#stop(step.interruption);
      }),
    );
  }

  /** A piece of the request body; false when no more is wanted: end it, and let the rest pass. */
  writeRequest(piece: Uint8Array): MaybePromise<boolean> {
    return this.#write(this.#request, piece, () => this.#inspection.writeRequest(piece));
  }

  /** The body is complete or as much of it as is wanted: its rules decide. */
  endRequest(trailers: HeaderLines): MaybePromise<Verdict> {
    this.holdsRequest = false;
    const progress = this.#request;
    return this.#run(() =>
      after(
        this.#feedDecompressed(progress, 415, (piece) => this.#inspection.writeRequest(piece)),
        (verdict) => {
          if (verdict !== undefined || this.#uninspected) return verdict;
          if (progress.interruption !== undefined) return this.#stop(progress.interruption);
          return after(this.#inspection.endRequest(trailers), (interruption) => this.#stop(interruption));
        },
      ),
    );
  }

  /**
   * The held request body piece by piece, exactly as it came; undefined after the last piece.
   * @throws InspectionFault when it cannot be had back whole; the request must not go on then, whatever the policy.
   */
  nextHeld(): MaybePromise<Uint8Array | undefined> {
    const progress = this.#request;
    if (progress.coding !== "") return progress.pieces[this.#replayed++];
    return after(this.#inspection.nextHeld(), (piece) => {
      if (piece !== undefined) {
        this.#replayed += piece.length;
        return piece;
      }
      if (this.#replayed < progress.accepted) throw new InspectionFault("the held request body is not complete");
      const { rest } = progress;
      progress.rest = undefined;
      return rest;
    });
  }

  /** What the framework read, once it has: values that no rule saw yet are inspected now. */
  compareParsed(parsed: ParsedRequest): MaybePromise<Verdict> {
    return this.#run(() =>
      after(this.#inspection.compareParsed(this.request, listLeaves(parsed)), (interruption) =>
        this.#stop(interruption),
      ),
    );
  }

  /** Status and headers of the response; without a body also the rules about it. */
  openResponse(head: ResponseHead, bodyFollows: boolean): MaybePromise<Verdict> {
    const coding = contentCoding(head.headers);
    const passes = coding !== "" && this.#policy.compressedResponses === "pass";
    const wanted = bodyFollows && !passes && !isEventStream(head);
    return this.#run(() =>
      after(this.#inspection.openResponse(head, wanted), (step: HeadStep) => {
        const readable = coding === "" || this.#decompressor.supports(coding);
        if (step.inspectBody && !readable) throw new InspectionFault(`responses in ${coding} cannot be read`);
        this.holdsResponse = step.inspectBody;
        this.#response = new BodyProgress(coding, this.#ruleSet.responseBodyLimit);
        return this.#stop(step.interruption);
      }),
    );
  }

  /** A piece of the response body; false when no more is wanted. */
  writeResponse(piece: Uint8Array): MaybePromise<boolean> {
    return this.#write(this.#response, piece, () => this.#inspection.writeResponse(piece));
  }

  /** Rules about the response body. */
  endResponse(): MaybePromise<Verdict> {
    this.holdsResponse = false;
    const progress = this.#response;
    return this.#run(() =>
      after(
        this.#feedDecompressed(progress, 500, (piece) => this.#inspection.writeResponse(piece)),
        (verdict) => {
          if (verdict !== undefined || this.#uninspected) return verdict;
          if (progress.interruption !== undefined) return this.#stop(progress.interruption);
          return after(this.#inspection.endResponse(), (interruption) => this.#stop(interruption));
        },
      ),
    );
  }

  /** The exchange is over, or its client has gone. Only the first call counts. */
  finish(status: number): void {
    if (this.#finished) return;
    this.#finished = true;
    const tell = (): void => this.#tell(() => this.#policy.hooks?.decision?.(this.decision, this.request, status));
    try {
      const closing = this.#inspection.close();
      if (!isPromise(closing)) tell();
      else void closing.then(tell, tell);
    } catch {
      tell();
    }
  }

  /** Inspection could not be done: what the policy says. */
  fault(error: unknown): Verdict {
    this.holdsRequest = false;
    this.holdsResponse = false;
    this.#uninspected = true;
    const policy = this.#ruleSet.blocking ? (this.#policy.onFault ?? "block") : "pass";
    const message = error instanceof Error ? error.message : String(error);
    this.#tell(() => this.#policy.hooks?.fault?.(message, this.decision, policy));
    return policy === "pass" ? undefined : this.#answer(error instanceof InspectionFault ? error.status : 500);
  }

  #run(work: () => MaybePromise<Verdict>): MaybePromise<Verdict> {
    if (this.#uninspected) return undefined;
    try {
      const result = work();
      return isPromise(result) ? result.catch((error: unknown) => this.fault(error)) : result;
    } catch (error) {
      return this.fault(error);
    }
  }

  /** Compressed bodies are kept as they come, others go to the engine at once. */
  #write(
    progress: BodyProgress,
    piece: Uint8Array,
    write: () => MaybePromise<{ readonly interruption: Interruption | undefined; readonly accepted: number }>,
  ): MaybePromise<boolean> {
    if (progress.coding !== "") return progress.keep(piece);
    try {
      const step = write();
      if (!isPromise(step)) return progress.take(step, piece);
      return step.then(
        (done) => progress.take(done, piece),
        (error: unknown) => progress.fail(error, piece),
      );
    } catch (error) {
      return progress.fail(error, piece);
    }
  }

  async #feed(
    progress: BodyProgress,
    brokenStatus: number,
    write: (piece: Uint8Array) => ReturnType<Inspection["writeRequest"]>,
  ): Promise<Verdict> {
    let plain: readonly Uint8Array[];
    try {
      // One byte more than the limit, so that the engine sees that it was passed.
      plain = await this.#decompressor.decompress(progress.coding, progress.pieces, progress.limit + 1);
    } catch {
      if (brokenStatus === 415) return this.#answer(415);
      throw new InspectionFault(`the response is not valid ${progress.coding}`);
    }
    for (const piece of plain) {
      const { interruption, accepted } = await write(piece);
      progress.interruption = interruption;
      if (interruption !== undefined || accepted < piece.length) break;
    }
    return undefined;
  }

  #feedDecompressed(
    progress: BodyProgress,
    brokenStatus: number,
    write: (piece: Uint8Array) => ReturnType<Inspection["writeRequest"]>,
  ): MaybePromise<Verdict> {
    if (progress.error !== undefined) throw progress.error;
    return progress.coding === "" ? undefined : this.#feed(progress, brokenStatus, write);
  }

  #stop(interruption: Interruption | undefined): Verdict {
    if (interruption === undefined) return undefined;
    if (interruption.action === "drop") {
      this.#tell(() => this.#policy.hooks?.blocked?.(this.decision, this.request, 0));
      return { kind: "drop" };
    }
    if (interruption.action !== "redirect") return this.#answer(interruption.status || 403);
    this.#tell(() => this.#policy.hooks?.blocked?.(this.decision, this.request, interruption.status));
    const headers: [string, string][] = [["Location", interruption.data]];
    return { kind: "answer", response: { status: interruption.status, headers, body: "" } };
  }

  /** In detect mode nothing is ever answered in the application's place. */
  #answer(status: number): Verdict {
    if (!this.#ruleSet.blocking) return undefined;
    this.#tell(() => this.#policy.hooks?.blocked?.(this.decision, this.request, status));
    const how = this.#policy.blockResponse ?? "auto";
    return { kind: "answer", response: blockResponse(how, this.decision, this.request, status) };
  }

  /** An observer that fails does not change what happens to the exchange. */
  #tell(hook: () => void): void {
    try {
      hook();
    } catch {
      // The application's own affair.
    }
  }
}

/** How far a body has come. */
class BodyProgress {
  readonly coding: string;
  readonly limit: number;
  /** Pieces of a compressed body as they came. */
  readonly pieces: Uint8Array[] = [];
  /** What the engine did not take of the last piece. */
  rest: Uint8Array | undefined = undefined;
  interruption: Interruption | undefined = undefined;
  error: unknown = undefined;
  /** Bytes the engine has taken. */
  accepted = 0;
  #size = 0;

  constructor(coding: string, limit: number) {
    this.coding = coding;
    this.limit = limit;
  }

  keep(piece: Uint8Array): boolean {
    this.pieces.push(piece);
    this.#size += piece.length;
    return this.#size <= this.limit;
  }

  take(
    step: { readonly interruption: Interruption | undefined; readonly accepted: number },
    piece: Uint8Array,
  ): boolean {
    this.interruption = step.interruption;
    this.accepted += step.accepted;
    if (step.interruption === undefined && step.accepted === piece.length) return true;
    this.rest = piece.subarray(step.accepted);
    return false;
  }

  /** Told when the body ends, so that a write has one kind of answer. */
  fail(error: unknown, piece: Uint8Array): boolean {
    this.error = error;
    this.rest = piece;
    return false;
  }
}

/** The Content-Encoding, lower-case; "" for none. */
function contentCoding(headers: HeaderLines): string {
  const coding = firstHeader(headers, "content-encoding").trim().toLowerCase();
  return coding === "identity" ? "" : coding;
}

/** Events have to arrive one by one, so this type is never held back, whatever the settings list. */
function isEventStream(head: ResponseHead): boolean {
  return firstHeader(head.headers, "content-type").toLowerCase().startsWith("text/event-stream");
}
