import type { AgentConfig } from "../config/agent-config.ts";
import type { Report } from "../inspect/report.ts";
import type { CreateWorker, LoadedRules } from "./worker-protocol.ts";
import type { RunningJob, WorkerHandle } from "./worker-set.ts";
import { usableId } from "../inspect/transaction-id.ts";
import { ErrorValue, errorVariables, fitVariables } from "../inspect/variables.ts";
import { encodeActions } from "../spop/actions.ts";
import { CollectionStores } from "./collection-stores.ts";
import { FairQueue } from "./fair-queue.ts";
import { WorkerSet } from "./worker-set.ts";

/** Jobs given to a worker ahead of its answers: enough that it never idles, few enough that others can take turns. */
const WINDOW = 4;
/** Bytes of messages that may wait for workers. */
const QUEUE_BYTES = 256 * 1024 * 1024;
const TICK_MS = 20;
/** A job that has run for so long is not going to end: its thread is replaced. */
const STUCK_MS = 5000;
const RESTART_DELAY_MS = 1000;

/** A message to inspect, and what to do with the answer. */
export interface Submission {
  readonly app: string;
  /** Argument `id`, by which a response finds its request. */
  readonly id: string | undefined;
  readonly isResponse: boolean;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly frameLength: number;
  readonly maxFrameSize: number;
  readonly room: number;
  readonly answer: (actions: Uint8Array) => void;
}

/** What the dispatcher tells its owner. */
export interface DispatchEvents {
  report(report: Report): void;
  /** Every answer, also late ones, with the time since the message came. */
  answered(app: string, milliseconds: number): void;
  error(kind: "deadline" | "overload" | "worker" | "ack_too_large", fields: Readonly<Record<string, unknown>>): void;
}

/**
 * Gives messages to workers and sees to it that every one is answered in time.
 *
 * Invariant: `answer` is called exactly once per submission, at the deadline at the latest, whatever workers do.
 */
export class Dispatcher {
  readonly #create: CreateWorker;
  readonly #events: DispatchEvents;
  readonly #queue = new FairQueue<RunningJob>();
  /** Messages that HAProxy waits for, oldest first. */
  readonly #pending = new Map<number, RunningJob>();
  /** Which worker keeps the transaction of an id. */
  readonly #owners = new Map<string, { readonly worker: WorkerHandle; readonly app: string }>();
  readonly #retiring = new Set<WorkerHandle>();
  readonly #stores = new CollectionStores();
  #current: WorkerSet | undefined;
  #queuedBytes = 0;
  #seq = 0;
  #ticker: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(create: CreateWorker, events: DispatchEvents) {
    this.#create = create;
    this.#events = events;
  }

  /** Messages that wait for a worker. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Messages that HAProxy waits for. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Transactions that wait for their response, by application. */
  kept(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { app } of this.#owners.values()) counts.set(app, (counts.get(app) ?? 0) + 1);
    return counts;
  }

  /**
   * Loads a configuration in new workers and, when all have it, uses them; the old ones go once the responses they wait
   * for are through. @throws Error when the rules are wrong; nothing changes then.
   */
  async load(config: AgentConfig, count: number): Promise<LoadedRules> {
    const { set, loaded } = await WorkerSet.start(config, count, this.#create, {
      answered: (worker, running, actions, kept) => {
        for (const { id, app } of kept) this.#owners.set(id, { worker, app });
        this.#answered(running, actions);
      },
      report: (worker, report) => this.#reported(worker, report),
      store: (worker, call) =>
        void this.#stores.answer(call).then((answer) => worker.link.postMessage({ kind: "stored", answer })),
      free: (worker) => this.#feed(worker),
      lost: (worker, jobs, reason) => this.#lost(set, worker, jobs, reason),
    });
    const old = this.#current;
    this.#current = set;
    this.#stores.keep(new Set(config.applications.map(({ name }) => name)));
    // Reloads in quick succession must not pile up rule sets: of those before the last, transactions end now.
    for (const worker of this.#retiring) worker.link.postMessage({ kind: "drain" });
    for (const worker of old?.workers ?? []) void this.#retire(worker);
    for (const worker of set.workers) this.#feed(worker);
    return loaded;
  }

  submit(submission: Submission): void {
    const { app, id, payload, frameLength, maxFrameSize, room } = submission;
    const seq = ++this.#seq;
    const running: RunningJob = {
      seq,
      app,
      id,
      job: { seq, payload, frameLength, maxFrameSize, room },
      submitted: performance.now(),
      started: 0,
      answer: submission.answer,
    };
    if (this.#queuedBytes + payload.length > QUEUE_BYTES) {
      this.#events.error("overload", { app, unique_id: id, queued: this.#queue.size });
      return this.#answerError(running, ErrorValue.unknown);
    }
    this.#pending.set(seq, running);
    this.#ticker ??= setInterval(() => this.#tick(), TICK_MS).unref();
    const owner = submission.isResponse && id !== undefined ? this.#owners.get(id)?.worker : undefined;
    if (owner !== undefined) {
      // Its worker hands the transaction out once.
      this.#owners.delete(id!);
      if (owner.running.size < WINDOW) owner.run(running);
      else {
        owner.pinned.push(running);
        this.#queuedBytes += payload.length;
      }
      return;
    }
    const worker = this.#idlest();
    if (worker !== undefined) return worker.run(running);
    this.#queue.push(app, running);
    this.#queuedBytes += payload.length;
  }

  /** Tells all workers to open their audit files anew. */
  reopen(): void {
    for (const worker of [...(this.#current?.workers ?? []), ...this.#retiring])
      worker.link.postMessage({ kind: "reopen" });
  }

  /** Ends all workers after they have logged what they keep, or after a time. */
  async close(limitMs: number): Promise<void> {
    this.#closed = true;
    const workers = [...(this.#current?.workers ?? []), ...this.#retiring];
    const limit = new Promise((resolve) => setTimeout(resolve, limitMs).unref());
    await Promise.race([Promise.all(workers.map((worker) => worker.untilEmpty("drain"))), limit]);
    clearInterval(this.#ticker);
    await Promise.all(workers.map((worker) => worker.end()));
  }

  #idlest(): WorkerHandle | undefined {
    let best: WorkerHandle | undefined;
    for (const worker of this.#current?.workers ?? []) {
      if (worker.running.size < (best?.running.size ?? WINDOW)) best = worker;
    }
    return best;
  }

  #feed(worker: WorkerHandle): void {
    while (worker.running.size < WINDOW) {
      const next = worker.pinned.shift() ?? (worker.retired ? undefined : this.#queue.shift());
      if (next === undefined) return;
      this.#queuedBytes -= next.job.payload.length;
      // HAProxy has given up on it, and so has the client: evaluating it would only delay the others.
      if (next.answer === undefined) continue;
      worker.run(next);
    }
  }

  #answered(running: RunningJob, actions: Uint8Array): void {
    this.#events.answered(running.app, performance.now() - running.submitted);
    this.#answer(running, actions);
  }

  #answer(running: RunningJob, actions: Uint8Array): void {
    const { answer } = running;
    running.answer = undefined;
    this.#pending.delete(running.seq);
    answer?.(actions);
  }

  #answerError(running: RunningJob, value: number): void {
    const config = this.#current?.config;
    const application =
      config?.applications.find(({ name }) => name === running.app) ??
      config?.applications.find(({ name }) => name === config.defaultApplication);
    const id = running.id === undefined ? undefined : usableId(running.id);
    const { actions, trimmed } = fitVariables(
      errorVariables(id, application?.onError ?? "flag", value),
      running.job.room,
    );
    if (trimmed) this.#events.error("ack_too_large", { app: running.app });
    this.#answer(running, encodeActions(actions));
  }

  #tick(): void {
    const now = performance.now();
    const deadline = this.#current?.config.deadlineMs ?? 0;
    for (const running of this.#pending.values()) {
      if (now - running.submitted < deadline) break;
      this.#events.error("deadline", { app: running.app, unique_id: running.id, started: running.started > 0 });
      this.#answerError(running, ErrorValue.timeout);
    }
    for (const worker of [...(this.#current?.workers ?? []), ...this.#retiring]) {
      for (const running of worker.running.values()) {
        if (now - running.started > STUCK_MS) void worker.kill(`a message has been evaluated for ${STUCK_MS} ms`);
        break;
      }
    }
  }

  #reported(worker: WorkerHandle, report: Report): void {
    for (const id of report.released) if (this.#owners.get(id)?.worker === worker) this.#owners.delete(id);
    this.#events.report(report);
  }

  async #retire(worker: WorkerHandle): Promise<void> {
    worker.retired = true;
    this.#retiring.add(worker);
    await worker.untilEmpty("retire");
    this.#retiring.delete(worker);
    for (const [id, owner] of this.#owners) if (owner.worker === worker) this.#owners.delete(id);
    for (const running of [...worker.running.values(), ...worker.pinned]) {
      if (running.answer !== undefined) this.#answerError(running, ErrorValue.unknown);
    }
    await worker.end();
  }

  #lost(set: WorkerSet, worker: WorkerHandle, jobs: readonly RunningJob[], reason: string): void {
    if (this.#closed) return;
    for (const [id, owner] of this.#owners) if (owner.worker === worker) this.#owners.delete(id);
    this.#events.error("worker", { reason, messages: jobs.length });
    for (const running of jobs) if (running.answer !== undefined) this.#answerError(running, ErrorValue.unknown);
    if (set === this.#current) void this.#replace(set, worker);
  }

  async #replace(set: WorkerSet, worker: WorkerHandle): Promise<void> {
    for (; set === this.#current && !this.#closed;) {
      try {
        await set.replace(worker);
        for (const each of set.workers) this.#feed(each);
        return;
      } catch (error) {
        this.#events.error("worker", { reason: `cannot start: ${(error as Error).message}` });
        await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS).unref());
      }
    }
  }
}
