import type { CollectionStore, Transaction } from "@cuirass/engine";
import type { ApplicationConfig, OperationsConfig } from "../config/agent-config.ts";
import type { VariableAction } from "../spop/actions.ts";
import type { Message } from "../spop/message.ts";
import type { Application } from "./application.ts";
import type { MessageArguments } from "./arguments.ts";
import type { Conclusion } from "./conclusion.ts";
import type { ExchangeVerdict, FrameFacts } from "./exchange.ts";
import type { Reporter } from "./report.ts";
import type { CacheRemoval } from "./transaction-cache.ts";
import type { AgentPorts } from "./ports.ts";
import { inSlices, summarise, warmUp } from "@cuirass/node";
import { createApplication } from "./application.ts";
import { readArguments } from "./arguments.ts";
import { BackgroundWork } from "./background.ts";
import { conclude } from "./conclusion.ts";
import { inspectRequest, inspectResponse } from "./exchange.ts";
import { usableId } from "./transaction-id.ts";
import { errorVariables, matchVariables, textVariable } from "./variables.ts";

/** The answer to a message, and what is left to do once it is sent. */
export interface Inspected {
  readonly variables: readonly VariableAction[];
  /** Logging phase and release of the transaction; costs time nobody should wait for. */
  readonly finish: (() => Promise<void>) | undefined;
  /** Set when the transaction waits for its response from now on. */
  readonly kept?: { readonly id: string; readonly app: string };
}

/** Everything an inspector is made from. */
export interface InspectorConfig {
  readonly file: string;
  readonly applications: readonly ApplicationConfig[];
  readonly defaultApplication: string | undefined;
  readonly deadlineMs: number;
  readonly operations: OperationsConfig;
  /** Workers that share the traffic, and the limits. */
  readonly workers: number;
  /** Longest time for the rules of a transaction; undefined means the engine's own. */
  readonly timeBudgetMs?: number;
}

const nothing: Inspected = { variables: [], finish: undefined };
/**
 * Memory of a transaction that waits for its response, by the length of its message. Measured with the CRS: 92 KB after
 * the GET of a browser (2 KB), 171 KB after a form of 18 KB.
 */
const keptBytes = (frameLength: number): number => 84_000 + 4 * frameLength;

/** Takes messages of HAProxy through the engine, and answers with variables. One per worker. */
export class Inspector {
  readonly applications: Map<string, Application> = new Map();
  readonly #defaultApplication: string | undefined;
  readonly #ports: AgentPorts;
  readonly #reporter: Reporter;
  readonly #background = new BackgroundWork();

  private constructor(config: InspectorConfig, ports: AgentPorts, reporter: Reporter) {
    this.#defaultApplication = config.defaultApplication;
    this.#ports = ports;
    this.#reporter = reporter;
  }

  /**
   * Compiles all applications, each with its collection store, in slices: what else the thread does goes on.
   * @throws WafConfigError when directives are wrong.
   */
  static async create(
    config: InspectorConfig,
    ports: AgentPorts,
    reporter: Reporter,
    storeOf?: (app: string) => CollectionStore,
  ): Promise<Inspector> {
    const inspector = new Inspector(config, ports, reporter);
    const { file: configFile, workers, timeBudgetMs, operations } = config;
    for (const application of config.applications) {
      const { name } = application;
      const onRemoved = (tx: Transaction, reason: CacheRemoval): void => {
        // A transaction in the place of one with the same id waits on.
        if (reason !== "replaced") reporter.release(tx.id);
        inspector.#end(name, tx).catch((error: unknown) => reporter.internalError(error, { unique_id: tx.id }));
      };
      // A store elsewhere is shared already.
      const shared = operations.store === "memory" ? storeOf?.(name) : undefined;
      const host = shared === undefined ? ports.host : { ...ports.host, collectionStore: shared };
      const context = { configFile, host, masking: operations.masking, reporter, workers, timeBudgetMs, onRemoved };
      inspector.applications.set(name, await createApplication(application, context));
    }
    return inspector;
  }

  /** Makes the rules fast before they are needed. */
  async warmUp(): Promise<void> {
    for (const { waf } of this.applications.values()) await inSlices(warmUp(waf));
  }

  /** Files that the rules were read from. */
  get files(): AgentPorts["files"] {
    return this.#ports.files;
  }

  /** Names the rule set behind the embedded names. */
  get title(): string {
    return this.#ports.title;
  }

  /** Opens audit files anew after log rotation. */
  reopen(): void {
    this.#ports.reopen();
  }

  /** Delivers audit entries that wait; nothing is inspected afterwards. */
  close(): Promise<void> {
    return this.#ports.close();
  }

  /** Transactions that wait for a response or for background evaluation. */
  get waiting(): number {
    let waiting = this.#background.size;
    for (const { cache } of this.applications.values()) waiting += cache.size;
    return waiting;
  }

  /** True when responses wait for {@link runBackground}. */
  get hasBackground(): boolean {
    return this.#background.size > 0;
  }

  /** Ends transactions whose response never came. */
  sweep(now: number): void {
    for (const { cache } of this.applications.values()) cache.sweep(now);
  }

  /** Ends all transactions: the process is about to stop. */
  async finishAll(): Promise<void> {
    while (await this.#background.runOne());
    for (const { cache } of this.applications.values()) cache.clear();
  }

  /** Evaluates one response that nobody waits for; false when there is none. */
  runBackground(): Promise<boolean> {
    return this.#background.runOne();
  }

  /** Answers one message. Never throws for what traffic contains. */
  async inspect(message: Message, facts: FrameFacts): Promise<Inspected> {
    if (message.name !== "coraza-req" && message.name !== "coraza-res") {
      this.#reporter.error("unknown_message");
      const text = `unknown message "${message.name}": nothing is inspected; the messages are coraza-req and coraza-res`;
      this.#reporter.limitedEvent(`message ${message.name}`, Infinity, "warn", text, {});
      return nothing;
    }
    const args = readArguments(message);
    for (const name of args.oddNames) this.#noticeOddName(message.name, name);
    return message.name === "coraza-req" ? this.#request(args, facts) : this.#response(args, facts);
  }

  async #request(args: MessageArguments, facts: FrameFacts): Promise<Inspected> {
    const application = this.#select(args.app);
    const id = usableId(args.id);
    if (application === undefined) return this.#withoutApplication(args.app ?? "", id);
    const { config } = application;
    const tx = application.waf.newTransaction({ id });
    try {
      const verdict = await inspectRequest(application, tx, args, facts, this.#reporter);
      const { decision, variables } = this.#conclude(application, tx, "request", verdict);
      const all = [textVariable("id", id), ...matchVariables(tx, args.exportRuleIds), ...variables];
      if (!config.responseCheck || decision === "block" || decision === "error") {
        return { variables: all, finish: () => this.#end(application.config.name, tx) };
      }
      application.cache.put(tx, keptBytes(facts.frameLength), Date.now());
      return { variables: all, finish: undefined, kept: { id, app: config.name } };
    } catch (error) {
      return this.#failed(application, tx, error);
    }
  }

  async #response(args: MessageArguments, facts: FrameFacts): Promise<Inspected> {
    const found = this.#takeTransaction(args.id ?? "");
    if (found === undefined) return this.#withoutTransaction(args);
    const { application, tx } = found;
    if (args.detectOnly) {
      const kept = this.#background.add(facts.frameLength, async () => {
        await (await this.#evaluateResponse(application, tx, args, facts)).finish?.();
      });
      if (kept) return nothing;
      this.#reporter.count("detect_dropped_total");
      return { variables: [], finish: () => this.#end(application.config.name, tx) };
    }
    return this.#evaluateResponse(application, tx, args, facts);
  }

  async #evaluateResponse(
    application: Application,
    tx: Transaction,
    args: MessageArguments,
    facts: FrameFacts,
  ): Promise<Inspected> {
    try {
      const verdict = await inspectResponse(application, tx, args, facts, this.#reporter);
      const { variables } = this.#conclude(application, tx, "response", verdict);
      return {
        variables: [...matchVariables(tx, args.exportRuleIds), ...variables],
        finish: () => this.#end(application.config.name, tx),
      };
    } catch (error) {
      return this.#failed(application, tx, error);
    }
  }

  #conclude(
    application: Application,
    tx: Transaction,
    phase: "request" | "response",
    verdict: ExchangeVerdict,
  ): Conclusion {
    const conclusion = conclude(application.config, tx, phase, verdict);
    const labels = { app: application.config.name, phase, action: conclusion.action };
    this.#reporter.count("decisions_total", labels);
    return conclusion;
  }

  #takeTransaction(id: string): { application: Application; tx: Transaction } | undefined {
    const now = Date.now();
    for (const application of this.applications.values()) {
      const tx = application.cache.take(id, now);
      if (tx !== undefined) return { application, tx };
    }
    return undefined;
  }

  #select(name: string | undefined): Application | undefined {
    const named = name === undefined ? undefined : this.applications.get(name);
    if (named !== undefined) return named;
    if (name === undefined && this.applications.size > 1) {
      const text =
        "the argument app is missing or NULL, the default application is used: messages sent by an event run before http-request set-var, use send-spoe-group";
      this.#reporter.limitedEvent("app NULL", Infinity, "warn", text, {});
    }
    return this.#defaultApplication === undefined ? undefined : this.applications.get(this.#defaultApplication);
  }

  // ---- what cannot be inspected

  #withoutApplication(name: string, id: string): Inspected {
    this.#reporter.error("app_not_found");
    const text = `there is no application "${name}" and no default`;
    const fields = { error: "app_not_found", unique_id: id };
    this.#reporter.limitedEvent(`app ${name}`, 1000, "error", text, fields);
    return { variables: errorVariables(id, "flag"), finish: undefined };
  }

  #withoutTransaction(args: MessageArguments): Inspected {
    const config = this.#select(args.app)?.config;
    this.#reporter.error("tx_not_found");
    const why =
      config?.responseCheck === false
        ? `response_check is off for application "${config.name}"`
        : "its request was not seen, was answered already, or is longer ago than transaction_ttl_ms";
    this.#reporter.limitedEvent("tx_not_found", 1000, "warn", `a response cannot be inspected: ${why}`, {
      error: "tx_not_found",
      app: args.app ?? "",
      unique_id: (args.id ?? "").slice(0, 256),
    });
    return { variables: errorVariables(undefined, config?.onError ?? "flag"), finish: undefined };
  }

  #failed(application: Application, tx: Transaction, error: unknown): Inspected {
    this.#reporter.internalError(error, { app: application.config.name, unique_id: tx.id });
    return {
      variables: errorVariables(tx.id, application.config.onError),
      finish: () => this.#end(application.config.name, tx),
    };
  }

  /** Logging phase, metrics, release. */
  async #end(app: string, tx: Transaction): Promise<void> {
    await tx.processLogging();
    this.#reporter.transaction(app, summarise(tx));
    tx.close();
  }

  #noticeOddName(message: string, name: string): void {
    const alias = name === "dest-ip" || name === "dest-port";
    const text = alias
      ? `argument ${name} of ${message} is taken for ${name.replace("dest", "dst")}`
      : `argument "${name}" of ${message} is unknown and ignored`;
    this.#reporter.limitedEvent(`argument ${name}`, Infinity, alias ? "warn" : "debug", text, {});
  }
}
