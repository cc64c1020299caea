import type { InspectorConfig } from "../inspect/inspector.ts";
import type { VariableAction } from "../spop/actions.ts";
import { StoreClient } from "@cuirass/node";
import type { Job, KeptTransaction, WorkerPort } from "./worker-protocol.ts";
import { Inspector } from "../inspect/inspector.ts";
import type { AgentPorts } from "../inspect/ports.ts";
import { createAgentPorts } from "../inspect/ports.ts";
import { Reporter } from "../inspect/report.ts";
import { warningsOf } from "../inspect/warnings.ts";
import { errorVariables, fitVariables } from "../inspect/variables.ts";
import { encodeActions } from "../spop/actions.ts";
import { readMessages } from "../spop/message.ts";

const SWEEP_MS = 1000;
/** Counts of messages are told together: metrics may be so late. */
const COUNTS_MS = 100;
const DRAIN_POLL_MS = 5;

/** A worker's life: loads the rules, answers jobs, sweeps its cache, and says when it is no longer needed. */
export async function serveJobs(port: WorkerPort, config: InspectorConfig): Promise<void> {
  const reporter = new Reporter();
  let ports: AgentPorts | undefined;
  try {
    ports = await createAgentPorts(config.operations, reporter);
    const stores = new StoreClient((call) => port.postMessage({ kind: "store", call }));
    const inspector = await Inspector.create(config, ports, reporter, (app) => stores.storeOf(app));
    await inspector.warmUp();
    new JobServer(port, inspector, reporter, stores).start();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ kind: "failed", message, files: [...(ports?.files.asked ?? [])] });
  }
}

class JobServer {
  readonly #port: WorkerPort;
  readonly #inspector: Inspector;
  readonly #reporter: Reporter;
  readonly #stores: StoreClient;
  #running = 0;
  #retired = false;
  #backgroundScheduled = false;
  #flushTimer: NodeJS.Timeout | undefined;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(port: WorkerPort, inspector: Inspector, reporter: Reporter, stores: StoreClient) {
    this.#stores = stores;
    this.#port = port;
    this.#inspector = inspector;
    this.#reporter = reporter;
  }

  start(): void {
    this.#port.on("message", (message) => {
      if (message.kind === "jobs") void this.#runAll(message.jobs);
      else if (message.kind === "stored") this.#stores.receive(message.answer);
      else if (message.kind === "reopen") this.#inspector.reopen();
      else if (message.kind === "retire") this.#retired = true;
      else void this.#drain();
    });
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS).unref();
    const applications = [...this.#inspector.applications.values()].map(({ config, waf, seconds }) => ({
      name: config.name,
      title: this.#inspector.title,
      rules: waf.ruleCount,
      seconds,
      mode: waf.settings.ruleEngine,
      warnings: warningsOf(waf, config),
    }));
    const loaded = { applications, files: [...this.#inspector.files.asked] };
    this.#port.postMessage({ kind: "ready", loaded, report: this.#reporter.take() });
  }

  async #runAll(jobs: readonly Job[]): Promise<void> {
    for (const job of jobs) await this.#run(job);
  }

  async #run(job: Job): Promise<void> {
    this.#running++;
    let kept: KeptTransaction[] | undefined;
    const variables: VariableAction[] = [];
    const finish: (() => Promise<void>)[] = [];
    try {
      for (const message of readMessages(job.payload)) {
        const inspected = await this.#inspector.inspect(message, job);
        variables.push(...inspected.variables);
        if (inspected.finish !== undefined) finish.push(inspected.finish);
        if (inspected.kept !== undefined) (kept ??= []).push(inspected.kept);
      }
    } catch (error) {
      this.#reporter.internalError(error);
      variables.push(...errorVariables(undefined, "flag"));
    }
    const { actions, trimmed } = fitVariables(variables, job.room);
    if (trimmed) this.#reporter.error("ack_too_large");
    this.#port.postMessage({
      kind: "answer",
      seq: job.seq,
      actions: encodeActions(actions),
      kept,
      report: this.#reporter.takeUrgent(),
    });
    for (const work of finish) {
      try {
        await work();
      } catch (error) {
        this.#reporter.internalError(error);
      }
    }
    this.#running--;
    this.#flushSoon();
    this.#scheduleBackground();
  }

  /** Responses that nobody waits for are evaluated one at a time, between jobs. */
  #scheduleBackground(): void {
    if (this.#backgroundScheduled || !this.#inspector.hasBackground) return;
    this.#backgroundScheduled = true;
    setImmediate(() => {
      void this.#inspector.runBackground().then((ran) => {
        this.#backgroundScheduled = false;
        this.#flush();
        if (ran) this.#scheduleBackground();
      });
    });
  }

  #sweep(): void {
    this.#inspector.sweep(Date.now());
    this.#flush();
    if (this.#retired && this.#running === 0 && this.#inspector.waiting === 0) void this.#empty();
  }

  async #drain(): Promise<void> {
    while (this.#running > 0) await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    await this.#inspector.finishAll();
    await this.#empty();
  }

  /** Nothing waits any more: whoever drives this worker may let go of it. */
  async #empty(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#inspector.close();
    this.#port.postMessage({ kind: "empty", report: this.#reporter.take() });
  }

  /** Lines go at once, counts in company. */
  #flushSoon(): void {
    const report = this.#reporter.takeUrgent();
    if (report !== undefined) this.#port.postMessage({ kind: "report", report });
    else if (this.#reporter.any) this.#flushTimer ??= setTimeout(() => this.#flush(), COUNTS_MS).unref();
  }

  #flush(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    const report = this.#reporter.take();
    if (report !== undefined) this.#port.postMessage({ kind: "report", report });
  }
}
