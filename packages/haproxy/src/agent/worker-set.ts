import type { AgentConfig } from "../config/agent-config.ts";
import type { InspectorConfig } from "../inspect/inspector.ts";
import type { Report } from "../inspect/report.ts";
import type { StoreCall } from "@cuirass/node";
import { RulesError } from "./worker-protocol.ts";
import type { CreateWorker, FromWorker, Job, KeptTransaction, LoadedRules, WorkerLink } from "./worker-protocol.ts";

/** A job under way and what becomes of its answer. */
export interface RunningJob {
  readonly seq: number;
  readonly app: string;
  readonly id: string | undefined;
  job: Job;
  readonly submitted: number;
  started: number;
  /** Undefined once HAProxy has an answer. */
  answer: ((actions: Uint8Array) => void) | undefined;
}

/** What a set of workers tells the one who drives it. */
export interface WorkerEvents {
  answered(worker: WorkerHandle, running: RunningJob, actions: Uint8Array, kept: readonly KeptTransaction[]): void;
  report(worker: WorkerHandle, report: Report): void;
  store(worker: WorkerHandle, call: StoreCall): void;
  /** The worker can take more. */
  free(worker: WorkerHandle): void;
  lost(worker: WorkerHandle, jobs: readonly RunningJob[], reason: string): void;
}

/** One worker thread and the jobs it has. */
export class WorkerHandle {
  readonly running: Map<number, RunningJob> = new Map();
  /** Jobs that only this worker can do: responses to requests it keeps. */
  readonly pinned: RunningJob[] = [];
  readonly link: WorkerLink;
  readonly ready: Promise<LoadedRules>;
  /** True once new rules replaced those of this worker. */
  retired = false;
  #ended = false;
  /** Jobs of this turn of the event loop: they go in one message. */
  #outbox: Job[] = [];
  #onEmpty: (() => void) | undefined;
  readonly #events: WorkerEvents;

  constructor(link: WorkerLink, events: WorkerEvents) {
    this.link = link;
    this.#events = events;
    this.ready = new Promise((resolve, reject) => {
      link.on("message", (message) => {
        if (message.kind === "ready") resolve(message.loaded);
        else if (message.kind === "failed") reject(new RulesError(message.message, message.files));
        this.#receive(message);
      });
      link.on("error", (error) => {
        reject(error);
        this.#lose(error.message);
      });
      link.on("exit", (code) => {
        reject(new Error(`a worker ended with code ${code}`));
        this.#lose(`exit code ${code}`);
      });
    });
  }

  run(running: RunningJob): void {
    running.started = performance.now();
    this.running.set(running.seq, running);
    if (this.#outbox.push(running.job) === 1) setImmediate(() => this.#send());
  }

  #send(): void {
    const jobs = this.#outbox;
    this.#outbox = [];
    if (this.#ended) return;
    this.link.postMessage(
      { kind: "jobs", jobs },
      jobs.map(({ payload }) => payload.buffer),
    );
  }

  /** Ends the thread without more ado. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.link.terminate();
  }

  /** Resolves when the worker has said that nothing waits in it. */
  untilEmpty(kind: "retire" | "drain"): Promise<void> {
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
      this.link.postMessage({ kind });
    });
  }

  /** The thread must go although it has not answered: a rule runs far too long. */
  async kill(reason: string): Promise<void> {
    this.#lose(reason);
    await this.link.terminate();
  }

  #receive(message: FromWorker): void {
    if ("report" in message && message.report !== undefined) this.#events.report(this, message.report);
    if (message.kind === "empty") this.#onEmpty?.();
    if (message.kind === "store") this.#events.store(this, message.call);
    if (message.kind !== "answer") return;
    const running = this.running.get(message.seq);
    if (running === undefined) return;
    this.running.delete(message.seq);
    // Tables that the map no longer uses may hold the entry until the next full collection: without its message.
    running.job = done;
    this.#events.answered(this, running, message.actions, message.kept ?? []);
    this.#events.free(this);
  }

  #lose(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEmpty?.();
    const jobs = [...this.running.values(), ...this.pinned];
    this.running.clear();
    this.pinned.length = 0;
    this.#events.lost(this, jobs, reason);
  }
}

/** What is left of a job that was answered. */
const done: Job = { seq: 0, payload: new Uint8Array(0), frameLength: 0, maxFrameSize: 0, room: 0 };

/** All workers of one version of the configuration. */
export class WorkerSet {
  readonly config: AgentConfig;
  readonly workers: WorkerHandle[] = [];
  readonly #count: number;
  readonly #create: CreateWorker;
  readonly #events: WorkerEvents;

  private constructor(config: AgentConfig, count: number, create: CreateWorker, events: WorkerEvents) {
    this.config = config;
    this.#count = count;
    this.#create = create;
    this.#events = events;
  }

  /** Starts workers and waits until all have loaded the rules. @throws Error with every error of the rules. */
  static async start(
    config: AgentConfig,
    count: number,
    create: CreateWorker,
    events: WorkerEvents,
  ): Promise<{ readonly set: WorkerSet; readonly loaded: LoadedRules }> {
    const set = new WorkerSet(config, count, create, events);
    try {
      // The first one alone: wrong rules are told once, and compiling takes one core only while traffic runs.
      const loaded = await set.#add();
      await Promise.all(Array.from({ length: count - 1 }, () => set.#add()));
      return { set, loaded };
    } catch (error) {
      await set.end();
      throw error;
    }
  }

  /** A new worker in place of one that was lost. */
  async replace(lost: WorkerHandle): Promise<void> {
    const index = this.workers.indexOf(lost);
    if (index >= 0) this.workers.splice(index, 1);
    await this.#add();
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.end()));
  }

  async #add(): Promise<LoadedRules> {
    const { file, applications, defaultApplication, deadlineMs, operations } = this.config;
    const config: InspectorConfig = {
      file,
      applications,
      defaultApplication,
      deadlineMs,
      operations,
      workers: this.#count,
    };
    const worker = new WorkerHandle(this.#create(config), this.#events);
    try {
      const loaded = await worker.ready;
      this.workers.push(worker);
      return loaded;
    } catch (error) {
      await worker.end();
      throw error;
    }
  }
}
