import { Worker } from "node:worker_threads";
import type { TransactionSummary } from "@cuirass/node";
import type { HttpDecision } from "../decision.ts";
import type { RuleSetFacts, RuleSetHandle } from "../inspection.ts";
import type { RuleSpec } from "../node/load-rules.ts";
import { InspectionFault } from "../policy.ts";
import type { Call, Step, StepResult, WorkerMessage, WorkerSetup } from "./messages.ts";
import { RemoteInspection } from "./remote-inspection.ts";

/** How a pool is set up. */
export interface WorkerPoolOptions {
  readonly workers: number;
  /** Calls under way over all workers at which no new exchange is begun; at twice as many, those begun end in a fault too. */
  readonly queueLimit: number;
  /** A worker that does not answer a call for so long is replaced. */
  readonly timeoutMs: number;
  readonly specs: readonly RuleSpec[];
  /** Told about each exchange that is over. */
  readonly observe?: ((summary: TransactionSummary) => void) | undefined;
}

interface Answer {
  readonly result: StepResult;
  readonly decision: HttpDecision;
}

interface Waiting {
  readonly since: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: InspectionFault) => void;
}

/** A worker and the calls it has to answer, oldest first. */
interface Slot {
  worker: Worker;
  readonly calls: Map<number, Waiting>;
  /** Rises when the worker is replaced: exchanges of the old one are lost. */
  generation: number;
  failures: number;
  /** Ended, and not started again yet. */
  down: boolean;
  /** When its rules were loaded; undefined until then. */
  readyAt: number | undefined;
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

/** Threads that inspect, each with its own copy of the rules. An exchange stays with the thread it began in. */
export class WorkerPool {
  /** All paths first, then the routes. */
  readonly ruleSets: readonly RuleSetHandle[];
  /** Resolves when a worker has loaded the rules; rejects when they cannot be loaded. */
  readonly ready: Promise<void>;
  readonly #options: WorkerPoolOptions;
  readonly #slots: Slot[] = [];
  readonly #watch: NodeJS.Timeout;
  #facts: readonly RuleSetFacts[] | undefined;
  #settleReady: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  #nextCall = 1;
  #nextExchange = 1;
  #underWay = 0;
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.ready.catch((error: Error) => process.emitWarning(error.message, "CuirassFault"));
    for (let index = 0; index < options.workers; index++) {
      const slot: Slot = {
        worker: this.#start(() => slot),
        calls: new Map(),
        generation: 0,
        failures: 0,
        down: false,
        readyAt: undefined,
      };
      this.#slots.push(slot);
    }
    this.#watch = setInterval(() => this.#replaceStuck(), Math.min(1000, options.timeoutMs / 2)).unref();
    this.ruleSets = options.specs.map((spec, index) => this.#ruleSet(spec, index));
  }

  /** Calls that wait for an answer. */
  get underWay(): number {
    return this.#underWay;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#end());
  }

  async #end(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    for (const slot of this.#slots) this.#rejectCalls(slot, "the worker threads were closed");
    await Promise.all(
      this.#slots.map(({ worker, readyAt }) => (readyAt === undefined ? undefined : untilEnded(worker))),
    );
    await Promise.all(this.#slots.map(({ worker }) => worker.terminate()));
  }

  #ruleSet(spec: RuleSpec, index: number): RuleSetHandle {
    // Until a worker has said what its rules are, they are taken to be strict.
    const strict: RuleSetFacts = {
      blocking: spec.mode !== "detect",
      refusesBeyondLimit: { request: spec.overLimit !== "partial", response: false },
    };
    const facts = (): RuleSetFacts => this.#facts?.[index] ?? strict;
    return {
      get blocking() {
        return facts().blocking;
      },
      get refusesBeyondLimit() {
        return facts().refusesBeyondLimit;
      },
      open: () => this.#open(index),
    };
  }

  #open(ruleSet: number): RemoteInspection {
    const slot = this.#slots.reduce((least, other) => (load(other) < load(least) ? other : least));
    const exchange = this.#nextExchange++;
    const { generation } = slot;
    return new RemoteInspection({
      ruleSet,
      observe: this.#options.observe,
      ask: (step, transfer) => this.#ask(slot, generation, exchange, step, transfer ?? []),
    });
  }

  #ask(
    slot: Slot,
    generation: number,
    exchange: number,
    step: Step,
    transfer: readonly ArrayBuffer[],
  ): Promise<Answer> {
    if (this.#closed) return Promise.reject(new InspectionFault("the worker threads were closed", 503));
    if (slot.down || slot.generation !== generation) {
      return Promise.reject(new InspectionFault("the worker thread of this exchange has ended", 503));
    }
    // An exchange that was admitted has half its cost behind it, and closing one makes room.
    const room = step.kind === "open-request" ? 1 : step.kind === "close" ? Infinity : 2;
    if (this.#underWay >= this.#options.queueLimit * room) {
      return Promise.reject(new InspectionFault(`${this.#underWay} inspections are waiting already`, 503));
    }
    return new Promise((resolve, reject) => {
      const call = this.#nextCall++;
      this.#underWay++;
      slot.calls.set(call, { since: performance.now(), resolve, reject });
      const message: Call = { call, exchange, step };
      slot.worker.postMessage(message, transfer);
    });
  }

  #start(slot: () => Slot): Worker {
    const { specs, observe } = this.#options;
    const workerData: WorkerSetup = { specs, summaries: observe !== undefined };
    // Loaders and conditions of the application are not meant for this code.
    const worker = new Worker(entry, { workerData, execArgv: [] });
    worker.unref();
    worker.on("message", (message: WorkerMessage) => this.#receive(slot(), message));
    worker.on("error", (error) => this.#lose(slot(), worker, error.message));
    worker.on("exit", (code) => this.#lose(slot(), worker, `exit code ${code}`));
    return worker;
  }

  #receive(slot: Slot, message: WorkerMessage): void {
    if (message.kind === "ended") return;
    if (message.kind === "failed") {
      this.#settleReady?.reject(new Error(message.message));
      return void slot.worker.terminate();
    }
    if (message.kind === "ready") {
      slot.failures = 0;
      slot.readyAt = performance.now();
      this.#facts = message.facts;
      return this.#settleReady?.resolve();
    }
    const waiting = slot.calls.get(message.call);
    if (waiting === undefined) return;
    slot.calls.delete(message.call);
    this.#underWay--;
    if (message.error !== undefined) waiting.reject(new InspectionFault(message.error));
    else waiting.resolve(message);
  }

  /** The thread has ended: its exchanges end in the fault policy, and another one takes its place. */
  #lose(slot: Slot, worker: Worker, reason: string): void {
    if (slot.worker !== worker || slot.down || this.#closed) return;
    slot.down = true;
    slot.readyAt = undefined;
    slot.generation++;
    slot.failures++;
    this.#rejectCalls(slot, `the worker thread has ended: ${reason}`);
    if (slot.failures >= START_ATTEMPTS) {
      this.#settleReady?.reject(new Error(`worker threads of the WAF end before they are ready: ${reason}`));
    }
    const pause = Math.min(RESTART_LIMIT_MS, RESTART_MS * 2 ** (slot.failures - 1));
    const restart = (): void => {
      if (this.#closed) return;
      slot.down = false;
      slot.worker = this.#start(() => slot);
    };
    if (slot.failures === 1) restart();
    else setTimeout(restart, pause).unref();
  }

  #rejectCalls(slot: Slot, reason: string): void {
    const lost = [...slot.calls.values()];
    slot.calls.clear();
    this.#underWay -= lost.length;
    for (const { reject } of lost) reject(new InspectionFault(reason, 503));
  }

  #replaceStuck(): void {
    const now = performance.now();
    const { timeoutMs } = this.#options;
    for (const slot of this.#slots) {
      const [oldest] = slot.calls.values();
      if (oldest === undefined) continue;
      const loading = slot.readyAt === undefined;
      const since = loading ? oldest.since : Math.max(oldest.since, slot.readyAt ?? 0);
      if (now - since <= (loading ? LOAD_LIMIT_MS : timeoutMs)) continue;
      const { worker } = slot;
      this.#lose(slot, worker, `no answer within ${timeoutMs} ms`);
      void worker.terminate();
    }
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
    worker.postMessage({ kind: "end" });
  });
}

/** Calls that a worker has before it; one that is loading its rules comes last, one that has ended not at all. */
function load({ down, readyAt, calls }: Slot): number {
  if (down) return Infinity;
  return calls.size + (readyAt === undefined ? 1e9 : 0);
}
