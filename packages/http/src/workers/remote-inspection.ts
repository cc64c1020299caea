import { randomUUID } from "node:crypto";
import type { Interruption, MaybePromise } from "@cuirass/engine";
import type { HttpDecision } from "../decision.ts";
import type { BodyStep, HeadStep, Inspection } from "../inspection.ts";
import type { ParsedLeaves } from "../parsed.ts";
import type { HeaderLines, RequestHead, ResponseHead } from "../shapes.ts";
import type { Step, StepResult } from "./messages.ts";

/** The line to the worker that an exchange belongs to. */
export interface WorkerLine {
  readonly ruleSet: number;
  readonly requestBodyLimit: number;
  readonly responseBodyLimit: number;
  /** Rejects with an InspectionFault when there is no answer to be had. */
  ask(
    step: Step,
    transfer?: readonly ArrayBuffer[],
  ): Promise<{ readonly result: StepResult; readonly decision: HttpDecision }>;
}

/** One exchange inspected in another thread. Bodies are collected here up to their limit and sent as one message. */
export class RemoteInspection implements Inspection {
  decision: HttpDecision;
  readonly #line: WorkerLine;
  #request: Collected = new Collected(0);
  #response: Collected = new Collected(0);
  #replayed = 0;

  constructor(line: WorkerLine) {
    this.#line = line;
    const id = randomUUID().replaceAll("-", "");
    this.decision = { id, verdict: "passed", interruption: undefined, matchedRules: [], scores: {}, faults: [] };
  }

  openRequest(head: RequestHead, bodyFollows: boolean): Promise<HeadStep> {
    const { ruleSet } = this.#line;
    return this.#ask<HeadStep>({ kind: "open-request", id: this.decision.id, ruleSet, head, bodyFollows });
  }

  writeRequest(piece: Uint8Array): BodyStep {
    if (this.#request.limit === 0) this.#request = new Collected(this.#line.requestBodyLimit);
    return this.#request.add(piece);
  }

  endRequest(trailers: HeaderLines): Promise<Interruption | undefined> {
    const body = this.#request.concat();
    return this.#ask({ kind: "end-request", body, trailers }, [body.buffer]);
  }

  nextHeld(): Uint8Array | undefined {
    return this.#request.pieces[this.#replayed++];
  }

  compareParsed(head: RequestHead, parsed: ParsedLeaves): MaybePromise<Interruption | undefined> {
    if (parsed.query.length + parsed.params.length + parsed.body.length === 0 && !parsed.incomplete) return undefined;
    return this.#ask({ kind: "compare-parsed", head, parsed });
  }

  openResponse(head: ResponseHead, bodyFollows: boolean): Promise<HeadStep> {
    this.#response = new Collected(this.#line.responseBodyLimit);
    return this.#ask<HeadStep>({ kind: "open-response", head, bodyFollows });
  }

  writeResponse(piece: Uint8Array): BodyStep {
    return this.#response.add(piece);
  }

  endResponse(): Promise<Interruption | undefined> {
    const body = this.#response.concat();
    return this.#ask({ kind: "end-response", body }, [body.buffer]);
  }

  async close(): Promise<void> {
    await this.#ask({ kind: "close" });
  }

  async #ask<T extends StepResult = Interruption | undefined>(step: Step, transfer: ArrayBuffer[] = []): Promise<T> {
    const { result, decision } = await this.#line.ask(step, transfer);
    this.decision = decision;
    return result as T;
  }
}

/** A body up to its limit, and one byte more so that the engine sees when it was passed. */
class Collected {
  readonly limit: number;
  readonly pieces: Uint8Array[] = [];
  #size = 0;
  #beyond: Uint8Array | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(piece: Uint8Array): BodyStep {
    const room = this.limit - this.#size;
    const taken = piece.length <= room ? piece : piece.subarray(0, room);
    this.pieces.push(taken);
    this.#size += taken.length;
    if (taken !== piece) this.#beyond = piece.subarray(room, room + 1);
    return { interruption: undefined, accepted: taken.length };
  }

  /** In memory of its own, which can be handed over to another thread. */
  concat(): Uint8Array<ArrayBuffer> {
    const body = new Uint8Array(this.#size + (this.#beyond?.length ?? 0));
    let at = 0;
    for (const piece of this.pieces) {
      body.set(piece, at);
      at += piece.length;
    }
    if (this.#beyond !== undefined) body.set(this.#beyond, at);
    return body;
  }
}
