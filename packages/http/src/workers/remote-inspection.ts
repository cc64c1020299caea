import { randomUUID } from "node:crypto";
import type { Bytes, Interruption, MaybePromise } from "@cuirass/engine";
import { asBytes } from "@cuirass/engine";
import type { TransactionSummary } from "@cuirass/node";
import type { HttpDecision } from "../decision.ts";
import type { BodyStep, HeadStep, Inspection } from "../inspection.ts";
import type { ParsedLeaves } from "../parsed.ts";
import type { HeaderLines, RequestHead, ResponseHead } from "../shapes.ts";
import type { Step, StepResult } from "./messages.ts";

/** The line to the worker that an exchange belongs to. */
export interface WorkerLine {
  readonly ruleSet: number;
  readonly observe: ((summary: TransactionSummary) => void) | undefined;
  /** Rejects with an InspectionFault when there is no answer to be had. */
  ask(
    step: Step,
    transfer?: readonly ArrayBuffer[],
  ): Promise<{ readonly result: StepResult; readonly decision: HttpDecision }>;
}

/** Bytes of a request body that are kept here; a larger body moves to the worker, and from there to a file. */
const KEEP = 131_072;

/** One exchange inspected in another thread. */
export class RemoteInspection implements Inspection {
  decision: HttpDecision;
  readonly #line: WorkerLine;
  #request: Collected = new Collected(0);
  #response: Collected = new Collected(0);
  /** The worker knows of this exchange, or is about to. */
  #opened = false;
  /** The worker holds the request body. */
  #moved = false;
  #replayed = 0;

  constructor(line: WorkerLine) {
    this.#line = line;
    const id = randomUUID().replaceAll("-", "");
    this.decision = { id, verdict: "passed", interruption: undefined, matchedRules: [], scores: {}, faults: [] };
  }

  async openRequest(head: RequestHead, bodyFollows: boolean): Promise<HeadStep> {
    const { ruleSet } = this.#line;
    const id = this.decision.id;
    this.#opened = true;
    const opening = this.#ask<HeadStep>({ kind: "open-request", id, ruleSet, head, bodyFollows });
    const step = await opening.catch((error: unknown) => {
      this.#opened = false;
      throw error;
    });
    this.#request = new Collected(step.bodyLimit);
    return step;
  }

  writeRequest(piece: Uint8Array): MaybePromise<BodyStep> {
    const step = this.#request.add(piece);
    if (this.#request.pending <= KEEP) return step;
    this.#moved = true;
    const body = this.#request.take();
    const written = this.#ask<BodyStep>({ kind: "write-request", body }, [body.buffer]);
    return written.then(({ interruption }) => ({ ...step, interruption }));
  }

  endRequest(trailers: HeaderLines): Promise<Interruption | undefined> {
    const body = this.#moved ? this.#request.take() : this.#request.copy();
    return this.#ask({ kind: "end-request", body, trailers }, [body.buffer]);
  }

  nextHeld(): MaybePromise<Uint8Array | undefined> {
    if (this.#moved) return this.#ask<Uint8Array | undefined>({ kind: "next-held" });
    return this.#request.pieces[this.#replayed++];
  }

  compareParsed(head: RequestHead, parsed: ParsedLeaves): MaybePromise<Interruption | undefined> {
    if (parsed.query.length + parsed.params.length + parsed.body.length === 0 && !parsed.incomplete) return undefined;
    return this.#ask({ kind: "compare-parsed", head, parsed });
  }

  async openResponse(head: ResponseHead, bodyFollows: boolean): Promise<HeadStep> {
    const step = await this.#ask<HeadStep>({ kind: "open-response", head, bodyFollows });
    this.#response = new Collected(step.bodyLimit);
    return step;
  }

  writeResponse(piece: Bytes): BodyStep {
    return this.#response.add(asBytes(piece));
  }

  endResponse(): Promise<Interruption | undefined> {
    const body = this.#response.take();
    return this.#ask({ kind: "end-response", body }, [body.buffer]);
  }

  async close(): Promise<void> {
    if (!this.#opened) return;
    const summary = await this.#ask<TransactionSummary | undefined>({ kind: "close" });
    if (summary !== undefined) this.#line.observe?.(summary);
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
  /** What has not been taken. */
  pieces: Uint8Array[] = [];
  #size = 0;
  #pending = 0;
  #beyond: Uint8Array | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes that have not been taken. */
  get pending(): number {
    return this.#pending;
  }

  add(piece: Uint8Array): BodyStep {
    const room = this.limit - this.#size;
    const taken = piece.length <= room ? piece : piece.subarray(0, room);
    this.pieces.push(taken);
    this.#size += taken.length;
    this.#pending += taken.length;
    if (taken !== piece) this.#beyond = piece.subarray(room, room + 1);
    return { interruption: undefined, accepted: taken.length };
  }

  take(): Uint8Array<ArrayBuffer> {
    const body = this.copy();
    this.pieces = [];
    this.#pending = 0;
    this.#beyond = undefined;
    return body;
  }

  /** In memory of its own, which can be handed over to another thread. */
  copy(): Uint8Array<ArrayBuffer> {
    const body = new Uint8Array(this.#pending + (this.#beyond?.length ?? 0));
    let at = 0;
    for (const piece of this.pieces) {
      body.set(piece, at);
      at += piece.length;
    }
    if (this.#beyond !== undefined) body.set(this.#beyond, at);
    return body;
  }
}
