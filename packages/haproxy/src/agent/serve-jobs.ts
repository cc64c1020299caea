import type { WafSettings } from "@cuirass/engine";
import type { ApplicationConfig } from "../config/agent-config.ts";
import type { InspectorConfig } from "../inspect/inspector.ts";
import type { VariableAction } from "../spop/actions.ts";
import type { Job, WorkerPort } from "./worker-protocol.ts";
import { Inspector } from "../inspect/inspector.ts";
import { countError, Reporter } from "../inspect/report.ts";
import { errorVariables, fitVariables } from "../inspect/variables.ts";
import { encodeActions } from "../spop/actions.ts";
import { readMessages } from "../spop/message.ts";

const SWEEP_MS = 1000;

/** A worker's life: loads the rules, answers jobs, sweeps its cache, and says when it is no longer needed. */
export function serveJobs(port: WorkerPort, config: InspectorConfig): void {
  const reporter = new Reporter();
  let inspector: Inspector;
  try {
    inspector = new Inspector(config, reporter);
    inspector.warmUp();
  } catch (error) {
    port.postMessage({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    return;
  }
  new JobServer(port, inspector, reporter).start();
}

class JobServer {
  readonly #port: WorkerPort;
  readonly #inspector: Inspector;
  readonly #reporter: Reporter;
  #running = 0;
  #retired = false;
  #backgroundScheduled = false;

  constructor(port: WorkerPort, inspector: Inspector, reporter: Reporter) {
    this.#port = port;
    this.#inspector = inspector;
    this.#reporter = reporter;
  }

  start(): void {
    this.#port.on("message", (message) => {
      if (message.kind === "job") void this.#run(message.job);
      else if (message.kind === "reopen") this.#inspector.reopen();
      else if (message.kind === "retire") this.#retired = true;
      else void this.#drain();
    });
    setInterval(() => this.#sweep(), SWEEP_MS).unref();
    const applications = [...this.#inspector.applications.values()].map(({ config, waf }) => ({
      name: config.name,
      rules: waf.ruleCount,
      mode: waf.settings.ruleEngine,
      warnings: [...waf.diagnostics.map(diagnosticText), ...advice(waf.settings, config)],
    }));
    const loaded = { applications, files: [...this.#inspector.files] };
    this.#port.postMessage({ kind: "ready", loaded, report: this.#reporter.take() });
  }

  async #run(job: Job): Promise<void> {
    this.#running++;
    const variables: VariableAction[] = [];
    const finish: (() => Promise<void>)[] = [];
    try {
      for (const message of readMessages(job.payload)) {
        const inspected = await this.#inspector.inspect(message, job);
        variables.push(...inspected.variables);
        if (inspected.finish !== undefined) finish.push(inspected.finish);
      }
    } catch (error) {
      countError(this.#reporter, "internal");
      this.#reporter.limitedEvent("internal", 1000, "error", String(error), { error: "internal" });
      variables.push(...errorVariables(undefined, "flag"));
    }
    const { actions, trimmed } = fitVariables(variables, job.room);
    if (trimmed) countError(this.#reporter, "ack_too_large");
    this.#port.postMessage({
      kind: "answer",
      seq: job.seq,
      actions: encodeActions(actions),
      report: this.#reporter.take(),
    });
    for (const work of finish) await work();
    this.#running--;
    this.#flush();
    this.#scheduleBackground();
  }

  /** Responses that nobody waits for are evaluated one at a time, between jobs. */
  #scheduleBackground(): void {
    if (this.#backgroundScheduled || this.#inspector.waiting === 0) return;
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
    await this.#inspector.finishAll();
    await this.#empty();
  }

  async #empty(): Promise<void> {
    await this.#inspector.close();
    this.#port.postMessage({ kind: "empty", report: this.#reporter.take() });
  }

  #flush(): void {
    const report = this.#reporter.take();
    if (report !== undefined) this.#port.postMessage({ kind: "report", report });
  }
}

function diagnosticText({ message, hint }: { readonly message: string; readonly hint?: string }): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}

/** Settings that are legal and seldom meant (source: spec spoe-known-problems, F). */
function advice(settings: Readonly<WafSettings>, config: ApplicationConfig): string[] {
  const warnings: string[] = [];
  if (settings.ruleEngine === "Off") warnings.push("nothing is inspected: SecRuleEngine is Off");
  if (settings.ruleEngine === "DetectionOnly") {
    warnings.push("rules only detect: SecRuleEngine is DetectionOnly after all directives");
  }
  if (!settings.requestBodyAccess) warnings.push("request bodies are not inspected: SecRequestBodyAccess is Off");
  if (config.responseCheck && !settings.responseBodyAccess) {
    warnings.push("response bodies are not inspected: SecResponseBodyAccess is Off");
  }
  return warnings;
}
