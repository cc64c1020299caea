import { Worker } from "node:worker_threads";
import type { HttpDecision } from "../decision.ts";
import type { RuleSetHandle } from "../inspection.ts";
import type { RuleSpec } from "../node/load-rules.ts";
import { InspectionFault } from "../policy.ts";
import type { Call, RuleSetFacts, Step, StepResult, WorkerMessage, WorkerSetup } from "./messages.ts";
import { RemoteInspection } from "./remote-inspection.ts";

/** How a pool is set up. */
export interface WorkerPoolOptions {
  readonly workers: number;
  /** Calls under way over all workers; more end in a fault at once. */
  readonly queueLimit: number;
  /** A worker that does not answer a call for so long is replaced. */
  readonly timeoutMs: number;
  readonly specs: readonly RuleSpec[];
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
}

// Works from src/ (tests) and from dist/ alike: a worker runs JavaScript.
const entry = new URL("../../dist/workers/worker-main.js", import.meta.url);
const RESTART_MS = 100;
const RESTART_LIMIT_MS = 10_000;

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

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.ready.catch((error: Error) => process.emitWarning(error.message, "CuirassFault"));
    for (let index = 0; index < options.workers; index++) {
      const slot: Slot = { worker: this.#start(() => slot), calls: new Map(), generation: 0, failures: 0, down: false };
      this.#slots.push(slot);
    }
    this.#watch = setInterval(() => this.#replaceStuck(), Math.min(1000, options.timeoutMs / 2)).unref();
    this.ruleSets = options.specs.map((spec, index) => this.#ruleSet(spec, index));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    await Promise.all(this.#slots.map(({ worker }) => worker.terminate()));
  }

  #ruleSet(spec: RuleSpec, index: number): RuleSetHandle {
    const fact = <K extends keyof RuleSetFacts>(name: K, otherwise: RuleSetFacts[K]): RuleSetFacts[K] =>
      this.#facts?.[index]?.[name] ?? otherwise;
    const handle = {
      get requestBodyLimit(): number {
        return fact("requestBodyLimit", 0);
      },
      get responseBodyLimit(): number {
        return fact("responseBodyLimit", 0);
      },
      get blocking(): boolean {
        return fact("blocking", spec.mode !== "detect");
      },
    };
    return Object.create(handle, { open: { value: () => this.#open(index, handle) } }) as RuleSetHandle;
  }

  #open(ruleSet: number, facts: Omit<RuleSetFacts, "blocking">): RemoteInspection {
    const load = ({ down, calls }: Slot): number => (down ? Infinity : calls.size);
    const slot = this.#slots.reduce((least, other) => (load(other) < load(least) ? other : least));
    const exchange = this.#nextExchange++;
    const { generation } = slot;
    return new RemoteInspection({
      ruleSet,
      get requestBodyLimit() {
        return facts.requestBodyLimit;
      },
      get responseBodyLimit() {
        return facts.responseBodyLimit;
      },
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
    // What is being closed makes room, so it is never turned away.
    if (this.#underWay >= this.#options.queueLimit && step.kind !== "close") {
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
    const worker = new Worker(entry, { workerData: { specs: this.#options.specs } satisfies WorkerSetup });
    worker.unref();
    worker.on("message", (message: WorkerMessage) => this.#receive(slot(), message));
    worker.on("error", (error) => this.#lose(slot(), worker, error.message));
    worker.on("exit", (code) => this.#lose(slot(), worker, `exit code ${code}`));
    return worker;
  }

  #receive(slot: Slot, message: WorkerMessage): void {
    if (message.kind === "failed") {
      this.#settleReady?.reject(new Error(message.message));
      return void slot.worker.terminate();
    }
    if (message.kind === "ready") {
      slot.failures = 0;
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
    slot.generation++;
    slot.failures++;
    const lost = [...slot.calls.values()];
    slot.calls.clear();
    this.#underWay -= lost.length;
    for (const { reject } of lost) reject(new InspectionFault(`the worker thread has ended: ${reason}`, 503));
    const pause = Math.min(RESTART_LIMIT_MS, RESTART_MS * 2 ** (slot.failures - 1));
    const restart = (): void => {
      if (this.#closed) return;
      slot.down = false;
      slot.worker = this.#start(() => slot);
    };
    if (slot.failures === 1) restart();
    else setTimeout(restart, pause).unref();
  }

  #replaceStuck(): void {
    const deadline = performance.now() - this.#options.timeoutMs;
    for (const slot of this.#slots) {
      const [oldest] = slot.calls.values();
      if (oldest === undefined || oldest.since > deadline) continue;
      const { worker } = slot;
      this.#lose(slot, worker, `no answer within ${this.#options.timeoutMs} ms`);
      void worker.terminate();
    }
  }
}
