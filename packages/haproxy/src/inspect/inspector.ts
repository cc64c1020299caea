import type { Transaction } from "@cuirass/engine";
import type { ApplicationConfig } from "../config/agent-config.ts";
import type { VariableAction } from "../spop/actions.ts";
import type { Message } from "../spop/message.ts";
import type { Application } from "./application.ts";
import type { MessageArguments } from "./arguments.ts";
import type { Conclusion } from "./conclusion.ts";
import type { ExchangeVerdict, FrameFacts } from "./exchange.ts";
import type { Reporter } from "./report.ts";
import { createAgentHost, createApplication } from "./application.ts";
import { readArguments } from "./arguments.ts";
import { BackgroundWork } from "./background.ts";
import { conclude } from "./conclusion.ts";
import { endTransaction, inspectRequest, inspectResponse } from "./exchange.ts";
import { countError, series } from "./report.ts";
import { usableId } from "./transaction-id.ts";
import { errorVariables, matchVariables, textVariable } from "./variables.ts";
import { warmUp } from "./warm-up.ts";

/** The answer to a message, and what is left to do once it is sent. */
export interface Inspected {
  readonly variables: readonly VariableAction[];
  /** Logging phase and release of the transaction; costs time nobody should wait for. */
  readonly finish: (() => Promise<void>) | undefined;
}

/** Everything an inspector is made from. */
export interface InspectorConfig {
  readonly file: string;
  readonly applications: readonly ApplicationConfig[];
  readonly defaultApplication: string | undefined;
}

const nothing: Inspected = { variables: [], finish: undefined };
/** Rough memory of a transaction besides what its message held. */
const TRANSACTION_BYTES = 16_384;

/** Takes messages of HAProxy through the engine, and answers with variables. One per worker. */
export class Inspector {
  readonly applications: ReadonlyMap<string, Application>;
  /** Files that the rules were read from. */
  readonly files: ReadonlySet<string>;
  readonly #defaultApplication: string | undefined;
  readonly #reporter: Reporter;
  readonly #reopen: () => void;
  readonly #closeAudit: () => Promise<void>;
  readonly #background = new BackgroundWork();

  /** @throws WafConfigError when directives are wrong. */
  constructor(config: InspectorConfig, reporter: Reporter) {
    this.#defaultApplication = config.defaultApplication;
    this.#reporter = reporter;
    const { host, files, reopen, close } = createAgentHost(reporter);
    this.files = files;
    this.#reopen = reopen;
    this.#closeAudit = close;
    const onRemoved = (tx: Transaction): void => {
      reporter.release(tx.id);
      void endTransaction(tx);
    };
    this.applications = new Map(
      config.applications.map((application) => [
        application.name,
        createApplication(config.file, application, host, reporter, onRemoved),
      ]),
    );
  }

  /** Makes the rules fast before they are needed. */
  warmUp(): void {
    for (const { waf } of this.applications.values()) warmUp(waf);
  }

  /** Opens audit files anew after log rotation. */
  reopen(): void {
    this.#reopen();
  }

  /** Delivers audit entries that wait; nothing is inspected afterwards. */
  close(): Promise<void> {
    return this.#closeAudit();
  }

  /** Transactions that wait for a response or for background evaluation. */
  get waiting(): number {
    let waiting = this.#background.size;
    for (const { cache } of this.applications.values()) waiting += cache.size;
    return waiting;
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
      countError(this.#reporter, "unknown_message");
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
        return { variables: all, finish: () => endTransaction(tx) };
      }
      application.cache.put(tx, facts.frameLength * 2 + TRANSACTION_BYTES, Date.now());
      this.#reporter.keep(id, config.name);
      return { variables: all, finish: undefined };
    } catch (error) {
      return this.#failed(application, tx, error);
    }
  }

  async #response(args: MessageArguments, facts: FrameFacts): Promise<Inspected> {
    const found = this.#takeTransaction(args.id ?? "");
    if (found === undefined) return this.#withoutTransaction(args);
    const { application, tx } = found;
    this.#reporter.release(tx.id);
    if (args.detectOnly) {
      const kept = this.#background.add(facts.frameLength, async () => {
        await (await this.#evaluateResponse(application, tx, args, facts)).finish?.();
      });
      if (kept) return nothing;
      this.#reporter.count("coraza_spoa_detect_dropped_total");
      return { variables: [], finish: () => endTransaction(tx) };
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
      return { variables: [...matchVariables(tx, args.exportRuleIds), ...variables], finish: () => endTransaction(tx) };
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
    this.#reporter.count(series("coraza_spoa_decisions_total", labels));
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
    countError(this.#reporter, "app_not_found");
    const text = `there is no application "${name}" and no default`;
    const fields = { error: "app_not_found", unique_id: id };
    this.#reporter.limitedEvent(`app ${name}`, 1000, "error", text, fields);
    return { variables: errorVariables(id, "flag"), finish: undefined };
  }

  #withoutTransaction(args: MessageArguments): Inspected {
    const config = this.#select(args.app)?.config;
    countError(this.#reporter, "tx_not_found");
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
    countError(this.#reporter, "internal");
    const message = error instanceof Error ? error.message : String(error);
    this.#reporter.limitedEvent("internal", 1000, "error", message, {
      error: "internal",
      app: application.config.name,
      unique_id: tx.id,
    });
    return { variables: errorVariables(tx.id, application.config.onError), finish: () => endTransaction(tx) };
  }

  #noticeOddName(message: string, name: string): void {
    const alias = name === "dest-ip" || name === "dest-port";
    const text = alias
      ? `argument ${name} of ${message} is taken for ${name.replace("dest", "dst")}`
      : `argument "${name}" of ${message} is unknown and ignored`;
    this.#reporter.limitedEvent(`argument ${name}`, Infinity, alias ? "warn" : "debug", text, {});
  }
}
