import type { Logger } from "@cuirass/engine";
import type { EnvoyService } from "@cuirass/envoy";
import { createEnvoyService } from "@cuirass/envoy";
import type { Operations, ReloadResult, ReloadTrigger } from "@cuirass/node";
import { createLogger, describeDecision, WafMetrics } from "@cuirass/node";
import type { RuleSetConfig } from "../service/rule-sets.ts";
import type { Service, ServiceEvents } from "../service/service.ts";
import type { RunEnvoyOptions } from "./envoy-options.ts";
import { operationsOf } from "../service/operations-options.ts";
import { RuleSets } from "../service/rule-sets.ts";
import { policyOf, ruleSetsOf, tlsOf } from "./envoy-options.ts";

/** The external processing service in one process. */
export class EnvoyExtProc implements Service {
  readonly metrics: WafMetrics;
  readonly #logger: Logger;
  readonly #options: RunEnvoyOptions;
  readonly #operations: Operations;
  readonly #configs: ReadonlyMap<string, RuleSetConfig>;
  readonly #ruleSets: RuleSets;
  readonly #service: EnvoyService;
  readonly #loadMs: number;
  readonly #told = new Set<string>();
  #listening: string[] = [];

  /** Rejects with what wrong options, wrong rules or an unreadable certificate throw. */
  static async create(options: RunEnvoyOptions, events: ServiceEvents): Promise<EnvoyExtProc> {
    const metrics = new WafMetrics();
    const logger = createLogger();
    const operations = await operationsOf(options, metrics, logger);
    try {
      return new EnvoyExtProc(options, events, { metrics, logger, operations });
    } catch (error) {
      await operations.close();
      throw error;
    }
  }

  private constructor(
    options: RunEnvoyOptions,
    events: ServiceEvents,
    parts: { readonly metrics: WafMetrics; readonly logger: Logger; readonly operations: Operations },
  ) {
    this.#options = options;
    this.metrics = parts.metrics;
    this.#logger = parts.logger;
    this.#operations = parts.operations;
    const { metrics } = this;
    const logger = this.#logger;
    const started = performance.now();
    metrics.collectProcess();
    this.#configs = ruleSetsOf(options);
    const context = { metrics, logger, operations: this.#operations, onFault: () => options.onFault };
    this.#ruleSets = new RuleSets(this.#configs, context, (app, result) => this.#logReload(app, result));
    this.#loadMs = performance.now() - started;
    this.#service = createEnvoyService({
      waf: (name) => this.#ruleSets.waf(name),
      policy: policyOf(options),
      tls: tlsOf(options),
      onExchange: (tx, status, ruleSet) => {
        this.#operations.observe(tx, ruleSet);
        if (tx.matchedRules.some((matched) => matched.log) || tx.faults.length > 0) {
          events.onDecision(describeDecision(tx, status));
        }
      },
      onFault: (kind, message, policy, requestId) => {
        metrics.fault({ kind: kind as "port", policy });
        logger.log("error", message, { fault: kind, policy, tx_id: requestId });
      },
      onWarning: (message) => {
        if (this.#told.has(message)) return;
        this.#told.add(message);
        logger.log("warn", message, {});
      },
    });
    metrics.queue("envoy_exchanges", () => this.#service.sessionCount);
    if (options.watch === true) this.#ruleSets.watch();
  }

  get description(): string {
    return this.#ruleSets.describe(this.#loadMs);
  }

  get listening(): readonly string[] {
    return this.#listening;
  }

  async listen(): Promise<void> {
    const { listen } = this.#options;
    const address = /^:?\d+$/.test(listen) ? `0.0.0.0:${listen.replace(":", "")}` : listen;
    const port = await this.#service.listen(address);
    this.#listening = [port === 0 || address.startsWith("unix:") ? address : address.replace(/\d+$/, String(port))];
  }

  async reload(trigger: ReloadTrigger): Promise<ReloadResult> {
    const results = await this.#ruleSets.reload(this.#configs, trigger);
    return results.find(({ ok }) => !ok) ?? results[0]!;
  }

  reopen(): void {
    this.#operations.reopen();
  }

  async close(): Promise<void> {
    this.#ruleSets.close();
    await this.#service.close();
    await this.#operations.close();
  }

  #logReload(app: string, { ok, message, trigger, ruleCount, seconds }: ReloadResult): void {
    const what = ok ? "rules reloaded" : "rules not reloaded, the old ones stay in force";
    this.#logger.log(ok ? "info" : "error", `${what}: ${message}`, { trigger, app, rules: ruleCount, seconds });
  }
}
