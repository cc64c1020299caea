import { lstatSync, unlinkSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { AgentConfig } from "../config/agent-config.ts";
import type { Report } from "../inspect/report.ts";
import type { LineSink } from "../log/loggers.ts";
import type { ConnectionContext } from "./connection.ts";
import type { CreateWorker, LoadedRules, WatchedFiles } from "./worker-protocol.ts";
import { Reporter } from "../inspect/report.ts";
import { Loggers } from "../log/loggers.ts";
import { Connection } from "./connection.ts";
import { Dispatcher } from "./dispatcher.ts";
import { startInline } from "./inline-worker.ts";
import { AgentMetrics } from "./metrics.ts";
import { RulesError } from "./worker-protocol.ts";

const MAX_CONNECTIONS = 4096;
const FRAGMENTS_TOTAL = 64 * 1024 * 1024;
const FRAGMENTS_PER_FRAME = 1024 * 1024;
const IN_FLIGHT_LIMIT_MS = 5000;
const DRAIN_LIMIT_MS = 10_000;

const frameNames: Readonly<Record<number, string>> = {
  0: "unset",
  1: "haproxy_hello",
  2: "haproxy_disconnect",
  3: "notify",
};

/** Parts that tests replace. */
export interface AgentParts {
  readonly createWorker?: CreateWorker;
  /** Takes all log lines instead of the files that the configuration names. */
  readonly log?: LineSink;
}

/** The agent: listens for HAProxy, and answers with what the rules say. */
export class Agent {
  readonly metrics: AgentMetrics;
  readonly #parts: AgentParts;
  readonly #dispatcher: Dispatcher;
  readonly #connections = new Map<Socket, Connection>();
  /** Limits how often traffic and peers can make the agent log. */
  readonly #limiter = new Reporter();
  readonly #fragments = { used: 0, total: FRAGMENTS_TOTAL, perFrame: FRAGMENTS_PER_FRAME };
  #config: AgentConfig;
  #loggers: Loggers;
  #server: Server | undefined;
  #files: ReadonlyMap<string, string> = new Map();
  #ready = false;

  private constructor(config: AgentConfig, parts: AgentParts) {
    this.#config = config;
    this.#parts = parts;
    this.metrics = new AgentMetrics({
      connections: () => this.#connections.size,
      queued: () => this.#dispatcher.queued,
      kept: () => this.#dispatcher.kept(),
    });
    this.#loggers = this.#openLoggers(config);
    // Two threads on one core would only take turns.
    const oneCore = workerCount(config) === 1 && availableParallelism() === 1;
    this.#dispatcher = new Dispatcher(parts.createWorker ?? (oneCore ? startInline : startThread), {
      report: (report) => this.#take(report),
      answered: (_app, milliseconds) => this.metrics.observeDuration(milliseconds / 1000),
      error: (kind, fields) => this.#error(kind, kind === "worker" ? "error" : "warn", errorTexts[kind], fields),
    });
  }

  /** Loads the rules, then listens. @throws Error when rules are wrong, or logs or the address cannot be opened. */
  static async start(config: AgentConfig, parts: AgentParts = {}): Promise<Agent> {
    const agent = new Agent(config, parts);
    try {
      agent.log("info", "Starting cuirass spoa");
      agent.#loaded(await agent.#dispatcher.load(config, workerCount(config)));
      await agent.#listen();
      agent.#ready = true;
    } catch (error) {
      await agent.#dispatcher.close(0);
      await agent.#loggers.close();
      throw error;
    }
    return agent;
  }

  get config(): AgentConfig {
    return this.#config;
  }

  /** What to watch: files of the rules in force, and of a failed attempt to replace them. */
  get files(): WatchedFiles {
    return [...this.#files];
  }

  /** Where it listens, as text. */
  get address(): string {
    const address = this.#server?.address();
    if (typeof address !== "object" || address === null) return address ?? "";
    return `${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /** Port it listens on; 0 for a unix socket. */
  get port(): number {
    const address = this.#server?.address() as AddressInfo | string | null | undefined;
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  log(
    level: "debug" | "info" | "warn" | "error",
    message: string,
    fields: Readonly<Record<string, unknown>> = {},
  ): void {
    this.#loggers.log(level, message, fields);
  }

  /**
   * Puts a new configuration in force: all of it or nothing. Requests are answered all the while, by the old rules until
   * the new ones are ready. @throws Error when it cannot be used; the old one stays then.
   */
  async reload(config: AgentConfig): Promise<void> {
    if (config.bindText !== this.#config.bindText) throw new Error("changing bind needs a restart");
    const loggers = this.#openLoggers(config);
    try {
      const loaded = await this.#dispatcher.load(config, workerCount(config));
      const old = this.#loggers;
      this.#loggers = loggers;
      this.#config = config;
      this.#loaded(loaded);
      await old.close();
    } catch (error) {
      if (error instanceof RulesError) this.#files = new Map([...this.#files, ...error.files]);
      await loggers.close();
      throw error;
    }
  }

  /** Why HAProxy is not to send traffic; undefined when it is welcome. */
  get notReady(): string | undefined {
    return this.#ready ? undefined : "starting or stopping";
  }

  /** Opens all log files anew: after log rotation. */
  reopenLogs(): void {
    this.#loggers.reopen();
    this.#dispatcher.reopen();
  }

  /** Stops listening, answers what is under way, says goodbye, logs what is kept, ends. */
  async stop(): Promise<void> {
    this.#ready = false;
    const closed = new Promise((resolve) =>
      this.#server === undefined ? resolve(undefined) : this.#server.close(resolve),
    );
    const limit = new Promise((resolve) => setTimeout(resolve, IN_FLIGHT_LIMIT_MS).unref());
    await Promise.race([Promise.all([...this.#connections.values()].map((connection) => connection.stop())), limit]);
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
    for (const socket of this.#connections.keys()) socket.destroy();
    await this.#dispatcher.close(DRAIN_LIMIT_MS);
    this.log("info", "Stopped");
    await this.#loggers.close();
  }

  #openLoggers(config: AgentConfig): Loggers {
    return new Loggers(config, (lines) => this.metrics.count("log_dropped_total", {}, lines), this.#parts.log);
  }

  #listen(): Promise<void> {
    const server = createServer((socket) => {
      this.#connections.set(socket, new Connection(socket, this.#context()));
      socket.once("close", () => this.#connections.delete(socket));
    });
    server.maxConnections = MAX_CONNECTIONS;
    server.on("drop", () =>
      this.#error("connections", "warn", `more than ${MAX_CONNECTIONS} connections: this one was refused`, {}),
    );
    this.#server = server;
    const { bind } = this.#config;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      const listening = (): void => {
        server.off("error", reject);
        // accept() can fail, for want of file descriptors; the ones who are connected must not suffer.
        server.on("error", (error) => this.#error("accept", "warn", error.message, {}));
        resolve();
      };
      if (bind.kind === "tcp") {
        server.listen(
          { port: bind.port, ...(bind.host === undefined ? {} : { host: bind.host }), backlog: 1024 },
          listening,
        );
      } else {
        // A socket left by a process that was killed would keep this one from listening.
        if (lstatSync(bind.path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(bind.path);
        server.listen(bind.path, listening);
      }
    });
  }

  #context(): ConnectionContext {
    return {
      maxFrameSize: this.#config.maxFrameSize,
      fragments: this.#fragments,
      ready: () => this.#ready,
      submit: (submission) => this.#dispatcher.submit(submission),
      frame: (type, length) => {
        this.metrics.count("frames_total", { type: frameNames[type] ?? "other" });
        if (type === 3) this.metrics.observeFrame(length);
      },
      error: (kind, level, message, fields) => this.#error(kind, level, message, fields),
    };
  }

  #take(report: Report): void {
    this.metrics.take(report);
    for (const { app, text } of report.lines) this.#loggers.line(app, text);
    for (const { level, message, fields } of report.events) this.#loggers.log(level, message, fields);
  }

  #error(
    kind: string,
    level: "debug" | "warn" | "error",
    message: string,
    fields: Readonly<Record<string, unknown>>,
  ): void {
    if (kind === "worker") this.metrics.count("worker_restarts_total");
    if (level !== "debug") this.metrics.count("errors_total", { kind });
    this.#limiter.limitedEvent(kind, level === "debug" ? 0 : 1000, level, message, { error: kind, ...fields });
    const report = this.#limiter.take();
    if (report !== undefined) this.#take(report);
  }

  #loaded({ applications, files }: LoadedRules): void {
    this.#files = new Map(files);
    if (applications.length === 0) this.log("warn", "no applications defined");
    for (const { name, title, rules, seconds, mode, warnings } of applications) {
      this.log("info", "Application loaded", { app: name, rules, rule_set: title, engine: mode });
      this.metrics.waf.rulesLoaded(title, rules, seconds, name);
      for (const warning of warnings) this.log("warn", warning, { app: name });
    }
  }
}

const errorTexts = {
  deadline: "no verdict within deadline_ms: HAProxy is told so",
  overload: "too many messages wait for workers: this one was refused",
  worker: "a worker thread was lost and is replaced",
  ack_too_large: "an answer does not fit the agreed frame size: it was shortened",
} as const;

/** Workers that a configuration asks for: one per core when it does not say. */
export function workerCount(config: AgentConfig): number {
  return config.workers === 0 ? availableParallelism() : config.workers;
}

/**
 * Room for what a request needs for the time it is inspected: three half-spaces of 32 MiB. Perf: collections took 19 % of
 * the time with half-spaces of 16 MiB; a request took 8 % less CPU with 32.
 */
const YOUNG_MB = 96;

const startThread: CreateWorker = (config) =>
  new Worker(new URL("./worker.js", import.meta.url), {
    workerData: config,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
