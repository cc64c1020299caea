import { Worker } from "node:worker_threads";
import type { StoreAnswer, StoreCall } from "@cuirass/node";
import type { HttpDecision } from "../decision.ts";
import { InspectionFault } from "../policy.ts";
import type { Call, Notice, Step, StepResult, WorkerMessage, WorkerRules, WorkerSetup } from "./messages.ts";

/** What a step came to. */
export interface Answer {
  readonly result: StepResult;
  readonly decision: HttpDecision;
}

/** What a slot is set up with. */
export interface SlotOptions {
  readonly setup: WorkerSetup;
  /** A thread that does not answer a call for so long is replaced. */
  readonly timeoutMs: number;
  readonly store: (call: StoreCall) => Promise<StoreAnswer>;
  /** Told whenever a thread has loaded the rules: also one that comes after others that could not. */
  readonly onLoaded?: ((rules: WorkerRules) => void) | undefined;
}

interface Waiting {
  readonly exchange: number;
  readonly kind: Step["kind"];
  readonly since: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: InspectionFault) => void;
}

// Works from src/ (tests) and from dist/ alike: a worker runs JavaScript.
const entry = new URL("../../dist/workers/worker-main.js", import.meta.url);
const RESTART_MS = 100;
const RESTART_LIMIT_MS = 10_000;
const START_ATTEMPTS = 3;
/** Longer than an audit writer takes to give up. */
const END_LIMIT_MS = 6000;
/** A worker that has not loaded its rules by then is stuck, however busy the machine. */
const LOAD_LIMIT_MS = 120_000;
/** Exchanges that old rules still have to see to their end, and then end in the fault policy. */
const RETIRE_LIMIT_MS = 300_000;

/** A place for a thread. The thread is replaced when it ends or gets stuck, by one with the same rules. */
export class WorkerSlot {
  /** Resolves with the rules once a thread has loaded them; rejects when they cannot be loaded. */
  readonly loaded: Promise<WorkerRules>;
  readonly #options: SlotOptions;
  /** Oldest first. */
  readonly #calls = new Map<number, Waiting>();
  readonly #exchanges = new Set<number>();
  #worker: Worker;
  #rules: WorkerRules | undefined;
  #settle!: { readonly resolve: (rules: WorkerRules) => void; readonly reject: (error: Error) => void };
  #generation = 0;
  #failures = 0;
  /** Ended, and not started again yet. */
  #down = false;
  /** When the thread had loaded its rules; undefined until then. */
  #readyAt: number | undefined;
  #ended = false;
  #onIdle: (() => void) | undefined;
  #nextCall = 1;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.loaded = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`rules were not loaded within ${LOAD_LIMIT_MS} ms`)),
        LOAD_LIMIT_MS,
      ).unref();
      const settled = (): void => clearTimeout(timer);
      this.#settle = {
        resolve: (rules) => (settled(), resolve(rules)),
        reject: (error) => (settled(), reject(error)),
      };
    });
    // Whoever needs to know waits for it; nobody has to.
    this.loaded.catch(() => undefined);
    this.#worker = this.#start();
  }

  /** Rises when the thread is replaced: exchanges of the old one are lost. */
  get generation(): number {
    return this.#generation;
  }

  /** Calls that wait for an answer. */
  get underWay(): number {
    return this.#calls.size;
  }

  /** What a new exchange would have before it; a thread that is loading its rules comes last, one that has ended not at all. */
  get load(): number {
    if (this.#down) return Infinity;
    return this.#calls.size + (this.#readyAt === undefined ? 1e9 : 0);
  }

  /** Rejects with an InspectionFault when there is no answer to be had. */
  ask(generation: number, exchange: number, step: Step, transfer: readonly ArrayBuffer[]): Promise<Answer> {
    if (this.#ended) return Promise.reject(new InspectionFault("the worker threads were closed", 503));
    if (this.#down || this.#generation !== generation) {
      return Promise.reject(new InspectionFault("the worker thread of this exchange has ended", 503));
    }
    if (step.kind === "open-request") this.#exchanges.add(exchange);
    return new Promise((resolve, reject) => {
      const call = this.#nextCall++;
      this.#calls.set(call, { exchange, kind: step.kind, since: performance.now(), resolve, reject });
      const message: Call = { call, exchange, step };
      this.#worker.postMessage(message, transfer);
    });
  }

  replaceIfStuck(now: number): void {
    const [oldest] = this.#calls.values();
    if (oldest === undefined || this.#ended) return;
    const { timeoutMs } = this.#options;
    const loading = this.#readyAt === undefined;
    const since = loading ? oldest.since : Math.max(oldest.since, this.#readyAt ?? 0);
    if (now - since <= (loading ? LOAD_LIMIT_MS : timeoutMs)) return;
    const worker = this.#worker;
    this.#lose(worker, `no answer within ${timeoutMs} ms`);
    void worker.terminate();
  }

  /** Begins no more exchanges, and ends when those that run are over. */
  async retire(): Promise<void> {
    if (this.#exchanges.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, RETIRE_LIMIT_MS).unref();
        this.#onIdle = () => (clearTimeout(timer), resolve());
      });
    }
    await this.end("new rules have replaced those of this exchange");
  }

  /** What runs ends in the fault policy; what waits to be written is written. */
  async end(reason = "the worker threads were closed"): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#settle.reject(new Error(reason));
    this.#rejectCalls(reason);
    if (this.#readyAt !== undefined) await untilEnded(this.#worker);
    await this.#worker.terminate();
  }

  #start(): Worker {
    // A thread that takes another's place has the same rules, whatever has become of the files.
    const workerData: WorkerSetup = {
      ...this.#options.setup,
      snapshots: this.#rules?.snapshots ?? this.#options.setup.snapshots,
    };
    // Loaders and conditions of the application are not meant for this code.
    const worker = new Worker(entry, { workerData, execArgv: [] });
    worker.unref();
    worker.on("message", (message: WorkerMessage) => this.#receive(worker, message));
    worker.on("error", (error) => this.#lose(worker, error.message));
    worker.on("exit", (code) => this.#lose(worker, `exit code ${code}`));
    return worker;
  }

  #receive(worker: Worker, message: WorkerMessage): void {
    if (worker !== this.#worker) return;
    switch (message.kind) {
      case "ready":
        this.#failures = 0;
        this.#readyAt = performance.now();
        this.#rules = message.rules;
        this.#settle.resolve(message.rules);
        return this.#options.onLoaded?.(message.rules);
      case "failed":
        this.#settle.reject(new Error(message.message));
        return void worker.terminate();
      case "store":
        return void this.#options.store(message.call).then((answer) => {
          const notice: Notice = { kind: "stored", answer };
          worker.postMessage(notice);
        });
      case "ended":
        return;
      case "answer":
        return this.#answer(message);
    }
  }

  #answer({ call, error, ...answer }: Extract<WorkerMessage, { readonly kind: "answer" }>): void {
    const waiting = this.#calls.get(call);
    if (waiting === undefined) return;
    this.#calls.delete(call);
    if (waiting.kind === "close" || (waiting.kind === "open-request" && error !== undefined)) {
      this.#forget(waiting.exchange);
    }
    if (error !== undefined) waiting.reject(new InspectionFault(error));
    else waiting.resolve(answer);
  }

  #forget(exchange: number): void {
    this.#exchanges.delete(exchange);
    if (this.#exchanges.size === 0) this.#onIdle?.();
  }

  /** The thread has ended: its exchanges end in the fault policy, and another one takes its place. */
  #lose(worker: Worker, reason: string): void {
    if (worker !== this.#worker || this.#down || this.#ended) return;
    this.#down = true;
    this.#readyAt = undefined;
    this.#generation++;
    this.#failures++;
    this.#rejectCalls(`the worker thread has ended: ${reason}`);
    if (this.#failures >= START_ATTEMPTS) {
      this.#settle.reject(new Error(`worker threads of the WAF end before they are ready: ${reason}`));
    }
    const pause = Math.min(RESTART_LIMIT_MS, RESTART_MS * 2 ** (this.#failures - 1));
    const restart = (): void => {
      if (this.#ended) return;
      this.#down = false;
      this.#worker = this.#start();
    };
    if (this.#failures === 1) restart();
    else setTimeout(restart, pause).unref();
  }

  #rejectCalls(reason: string): void {
    const lost = [...this.#calls.values()];
    this.#calls.clear();
    for (const { reject } of lost) reject(new InspectionFault(reason, 503));
    this.#exchanges.clear();
    this.#onIdle?.();
  }
}

/** Resolves when the worker has written what waited, has ended, or takes too long. */
function untilEnded(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, END_LIMIT_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    worker.once("exit", done);
    worker.on("message", (message: WorkerMessage) => {
      if (message.kind === "ended") done();
    });
    const notice: Notice = { kind: "end" };
    worker.postMessage(notice);
  });
}
