import type { Bytes, Interruption, MaybePromise } from "@cuirass/engine";
import { isPromise } from "@cuirass/engine";
import type { Refusal } from "./block-response.ts";
import { blockResponse, isSendable } from "./block-response.ts";
import { BodyProgress } from "./body-progress.ts";
import type { HttpDecision } from "./decision.ts";
import type { HeadStep, Inspection, RuleSetHandle } from "./inspection.ts";
import { contentCoding, isEventStream, isGrpcCall } from "./content.ts";
import { after } from "./maybe.ts";
import type { ParsedRequest } from "./parsed.ts";
import { listLeaves } from "./parsed.ts";
import type { Decompressor, PolicyOptions } from "./policy.ts";
import { InspectionFault, reportError } from "./policy.ts";
import type { HeaderLines, RequestHead, ResponseHead } from "./shapes.ts";

/** Shared by all exchanges: nothing is written to it. */
const noBody = new BodyProgress("", 0);

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
  #request: BodyProgress = noBody;
  #response: BodyProgress = noBody;
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
    const how = coding === "" ? "inspect" : (this.#policy.compressedRequests ?? "inspect");
    const wanted = bodyFollows && how === "inspect" && !isGrpcCall(this.request);
    return this.#run(() =>
      after(this.#inspection.openRequest(this.request, wanted), ({ interruption, inspectBody, bodyLimit }) => {
        if (interruption !== undefined) return this.#stop(interruption);
        if (how === "refuse") return this.#answer(415);
        if (!inspectBody) return undefined;
        if (coding !== "" && !this.#decompressor.supports(coding)) return this.#refuseCoding();
        this.holdsRequest = true;
        this.#request = new BodyProgress(coding, bodyLimit);
        return undefined;
      }),
    );
  }

  /** A request that a host cannot take for what it says it is, such as an incomplete WebSocket handshake. */
  refuse(status: number): Verdict {
    return this.#answer(status);
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
        this.#feedDecompressed(progress, "request", (piece) => this.#inspection.writeRequest(piece)),
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
      if (rest !== undefined) progress.rest = undefined;
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
        if (step.inspectBody) this.#response = new BodyProgress(coding, step.bodyLimit);
        return this.#stop(step.interruption);
      }),
    );
  }

  /** A piece of the response body; false when no more is wanted. Text is what it is in bytes already. */
  writeResponse(piece: Bytes): MaybePromise<boolean> {
    return this.#write(this.#response, piece, () => this.#inspection.writeResponse(piece));
  }

  /** Rules about the response body. */
  endResponse(): MaybePromise<Verdict> {
    this.holdsResponse = false;
    const progress = this.#response;
    return this.#run(() =>
      after(
        this.#feedDecompressed(progress, "response", (piece) => this.#inspection.writeResponse(piece)),
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
    const tell = (): void => {
      const { decision, request } = this;
      const { hooks } = this.#policy;
      for (const fault of decision.faults) this.#tell(() => hooks?.fault?.(fault, decision, this.#faultPolicy()));
      this.#tell(() => hooks?.decision?.(decision, request, status));
    };
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
    const policy = this.#faultPolicy();
    const message = error instanceof Error ? error.message : String(error);
    this.#tell(() => this.#policy.hooks?.fault?.(message, this.decision, policy));
    return policy === "pass" ? undefined : this.#answer(error instanceof InspectionFault ? error.status : 500);
  }

  #faultPolicy(): "block" | "pass" {
    return this.#ruleSet.blocking ? (this.#policy.onFault ?? "block") : "pass";
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
    piece: Bytes,
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

  #feedDecompressed(
    progress: BodyProgress,
    side: "request" | "response",
    write: (piece: Uint8Array) => ReturnType<Inspection["writeRequest"]>,
  ): MaybePromise<Verdict> {
    if (progress.error !== undefined) throw progress.error;
    if (progress.coding === "") return undefined;
    // What is too long compressed may be short, or empty, up to the place where the inspection would have to stop.
    if (progress.beyondLimit && this.#ruleSet.refusesBeyondLimit[side]) {
      return this.#answer(side === "request" ? 413 : 500);
    }
    return this.#feed(progress, side, write);
  }

  async #feed(
    progress: BodyProgress,
    side: "request" | "response",
    write: (piece: Uint8Array) => ReturnType<Inspection["writeRequest"]>,
  ): Promise<Verdict> {
    let plain: readonly Uint8Array[];
    try {
      // One byte more than the limit, so that the engine sees that it was passed.
      plain = await this.#decompressor.decompress(progress.coding, progress.pieces, progress.limit + 1);
    } catch {
      if (side === "request") return this.#answer(415);
      throw new InspectionFault(`the response is not valid ${progress.coding}`);
    }
    for (const piece of plain) {
      const { interruption, accepted } = await write(piece);
      progress.interruption = interruption;
      if (interruption !== undefined || accepted < piece.length) break;
    }
    return undefined;
  }

  /** The rules about the body run without it: it cannot be read. */
  #refuseCoding(): MaybePromise<Verdict> {
    return after(this.#inspection.endRequest([]), (interruption) =>
      interruption === undefined ? this.#answer(415) : this.#stop(interruption),
    );
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
    const response = { status: interruption.status, headers, body: "" };
    // The target may hold text of the client, by a macro; with a line feed in it no host can send it.
    return isSendable(response) ? { kind: "answer", response } : this.#answer(403);
  }

  /** In detect mode nothing is ever answered in the application's place. */
  #answer(status: number): Verdict {
    if (!this.#ruleSet.blocking) return undefined;
    this.#tell(() => this.#policy.hooks?.blocked?.(this.decision, this.request, status));
    const { request, decision } = this;
    return { kind: "answer", response: blockResponse(this.#policy, decision, request, status) };
  }

  /** An observer that fails does not change what happens to the exchange. */
  #tell(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      reportError(this.#policy, error);
    }
  }
}
