import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import type { Logger } from "@cuirass/engine";
import type { DecisionRing, MetricsSnapshot, ReloadResult, ReloadTrigger } from "@cuirass/node";
import { ClusterMetrics, ReloadQueue } from "@cuirass/node";
import type { ToPrimary, ToWorker } from "./worker-protocol.ts";

/** A worker that says nothing for so long does nothing else either. */
const SILENT_MS = 30_000;
const ANSWER_MS = 5000;
const RELOAD_MS = 120_000;
/** Pause before a worker is started anew: doubled while workers keep dying young. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;
const GROWN_UP_MS = 10_000;

interface Member {
  readonly worker: Worker;
  readonly bornAt: number;
  heardAt: number;
  ready: boolean;
}

/** Worker processes that share the listeners: started, watched, started anew when they die, reloaded one after the other. */
export class WorkerSet {
  readonly metrics: ClusterMetrics;
  readonly #count: number;
  readonly #logger: Logger;
  readonly #decisions: DecisionRing;
  readonly #members = new Map<number, Member>();
  readonly #answers = new Map<number, (answer: ToPrimary | undefined) => void>();
  readonly #queue = new ReloadQueue((trigger) => this.#reload(trigger as ReloadTrigger));
  readonly #watch: NodeJS.Timeout;
  #pauseMs = FIRST_PAUSE_MS;
  #nextId = 1;
  #stopping = false;
  #onEmpty: (() => void) | undefined;

  constructor(count: number, logger: Logger, decisions: DecisionRing) {
    this.#count = count;
    this.#logger = logger;
    this.#decisions = decisions;
    const workers = (): number => [...this.#members.values()].filter(({ ready }) => ready).length;
    this.metrics = new ClusterMetrics(workers, () => this.#snapshots());
    this.#watch = setInterval(() => this.#killSilent(), ANSWER_MS);
    this.#watch.unref();
  }

  /** Resolves when all serve; rejects with the first reason why one cannot. */
  async start(): Promise<{ readonly urls: readonly string[]; readonly description: string }> {
    // The first one alone: it tells what is wrong with the configuration once, and binds the ports.
    const first = await this.#startOne();
    await Promise.all(Array.from({ length: this.#count - 1 }, () => this.#startOne()));
    return first;
  }

  reload(trigger: ReloadTrigger): Promise<ReloadResult> {
    return this.#queue.request(trigger);
  }

  reopen(): void {
    this.#broadcast({ type: "reopen" });
  }

  /** Lets running exchanges of all workers end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#watch);
    const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    this.#broadcast({ type: "stop" });
    if (this.#members.size > 0) await empty;
  }

  /** Why traffic is not welcome now. */
  notReady(): string | undefined {
    if (this.#stopping) return "draining";
    return [...this.#members.values()].some(({ ready }) => ready) ? undefined : "no worker serves";
  }

  #startOne(): Promise<Extract<ToPrimary, { type: "ready" }>> {
    return new Promise((resolve, reject) => {
      this.#fork(resolve, reject);
    });
  }

  #fork(onReady?: (message: Extract<ToPrimary, { type: "ready" }>) => void, onFailed?: (error: Error) => void): void {
    const worker = cluster.fork();
    const member: Member = { worker, bornAt: performance.now(), heardAt: performance.now(), ready: false };
    this.#members.set(worker.id, member);
    worker.on("message", (message: ToPrimary) => {
      member.heardAt = performance.now();
      if (message.type === "ready") {
        member.ready = true;
        onReady?.(message);
      } else if (message.type === "failed") {
        if (onFailed === undefined) this.#logger.log("error", `worker cannot serve: ${message.message}`, {});
        else onFailed(new Error(message.message));
      } else if (message.type === "decision") this.#decisions.add(message.decision);
      else if (message.type !== "alive") this.#answers.get(message.id)?.(message);
    });
    // What cannot be sent to a worker that is ending needs no answer; its end is told by the next event.
    worker.on("error", () => undefined);
    worker.on("exit", (code, signal) => {
      this.#members.delete(worker.id);
      if (this.#members.size === 0) this.#onEmpty?.();
      if (this.#stopping) return;
      onFailed?.(new Error(`a worker ended before it served (${signal ?? `exit code ${code}`})`));
      if (!member.ready && onFailed !== undefined) return;
      this.#replace(member, code, signal);
    });
  }

  #replace(member: Member, code: number, signal: string | null): void {
    const lived = performance.now() - member.bornAt;
    this.#pauseMs = lived > GROWN_UP_MS ? FIRST_PAUSE_MS : Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    this.metrics.restarted(signal ?? "exit");
    this.#logger.log("error", "worker ended unasked and is started anew", {
      pid: member.worker.process.pid ?? 0,
      reason: signal ?? `exit code ${code}`,
      pause_ms: this.#pauseMs,
    });
    setTimeout(() => {
      if (!this.#stopping) this.#fork();
    }, this.#pauseMs);
  }

  #killSilent(): void {
    for (const { worker, heardAt, ready } of this.#members.values()) {
      if (!ready || performance.now() - heardAt < SILENT_MS) continue;
      this.#logger.log("error", "worker does not answer and is killed", { pid: worker.process.pid ?? 0 });
      worker.process.kill("SIGKILL");
    }
  }

  /** One after the other, so that compiling never takes all cores. The first failure is the result, but all are asked. */
  async #reload(trigger: ReloadTrigger): Promise<ReloadResult> {
    let outcome: ReloadResult | undefined;
    for (const { worker, ready } of [...this.#members.values()]) {
      if (!ready) continue;
      const answer = await this.#ask(worker, (id) => ({ type: "reload", id, trigger }), RELOAD_MS);
      const result =
        answer?.type === "reloaded" ? answer.result : failure(trigger, `worker ${worker.process.pid} did not answer`);
      if (outcome === undefined || (outcome.ok && !result.ok)) outcome = result;
    }
    return outcome ?? failure(trigger, "no worker serves");
  }

  async #snapshots(): Promise<MetricsSnapshot[]> {
    const ready = [...this.#members.values()].filter((member) => member.ready);
    const answers = await Promise.all(
      ready.map(({ worker }) => this.#ask(worker, (id) => ({ type: "snapshot", id }), ANSWER_MS)),
    );
    return answers.flatMap((answer) => (answer?.type === "snapshot" ? [answer.snapshot] : []));
  }

  /** Undefined when there is no answer in time. */
  #ask(worker: Worker, message: (id: number) => ToWorker, timeoutMs: number): Promise<ToPrimary | undefined> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const done = (answer: ToPrimary | undefined): void => {
        clearTimeout(timer);
        worker.off("exit", gone);
        this.#answers.delete(id);
        resolve(answer);
      };
      const gone = (): void => done(undefined);
      const timer = setTimeout(gone, timeoutMs);
      worker.once("exit", gone);
      this.#answers.set(id, done);
      if (worker.isConnected()) worker.send(message(id));
      else gone();
    });
  }

  #broadcast(message: ToWorker): void {
    for (const { worker } of this.#members.values()) if (worker.isConnected()) worker.send(message);
  }
}

function failure(trigger: ReloadTrigger, message: string): ReloadResult {
  return { trigger, ok: false, message, changes: undefined, ruleCount: 0, seconds: 0 };
}
