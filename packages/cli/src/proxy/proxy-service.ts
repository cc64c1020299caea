import type { Logger } from "@cuirass/engine";
import type { LineLog, Operations, ReloadResult, ReloadTrigger } from "@cuirass/node";
import {
  createLogger,
  describeDecision,
  FileWatch,
  openLineLog,
  ProxyMetrics,
  ReloadQueue,
  WafMetrics,
} from "@cuirass/node";
import type { ExchangeRecord, Proxy, ProxyConfig } from "@cuirass/proxy";
import { Certificates, createProxy, readCertificates } from "@cuirass/proxy";
import type { RunProxyOptions } from "./proxy-options.ts";
import { accessLine } from "./access-line.ts";
import { configOf } from "./proxy-options.ts";
import type { Service, ServiceEvents } from "../service/service.ts";
import { operationsOf } from "../service/operations-options.ts";
import { RuleSets } from "../service/rule-sets.ts";

/** The proxy in one process: rules, connections, certificates, logs and metrics. */
export class ProxyService implements Service {
  readonly metrics: WafMetrics;
  readonly logger: Logger;
  readonly #options: RunProxyOptions;
  readonly #events: ServiceEvents;
  readonly #operations: Operations;
  readonly #ruleSets: RuleSets;
  readonly #proxy: Proxy;
  readonly #proxyMetrics: ProxyMetrics;
  readonly #accessLog: LineLog | undefined;
  readonly #certificates: (Certificates | undefined)[] = [];
  readonly #queue: ReloadQueue<ReloadResult>;
  readonly #watches: { close(): void }[] = [];
  readonly #loadMs: number;
  #config: ProxyConfig;
  #listening: string[] = [];

  /** Rejects with what a wrong configuration, wrong rules or an unreadable certificate throw. */
  static async create(options: RunProxyOptions, config: ProxyConfig, events: ServiceEvents): Promise<ProxyService> {
    const metrics = new WafMetrics();
    const logger = createLogger();
    const operations = await operationsOf(options, metrics, logger);
    try {
      return new ProxyService(options, config, events, { metrics, logger, operations });
    } catch (error) {
      await operations.close();
      throw error;
    }
  }

  private constructor(
    options: RunProxyOptions,
    config: ProxyConfig,
    events: ServiceEvents,
    parts: { readonly metrics: WafMetrics; readonly logger: Logger; readonly operations: Operations },
  ) {
    this.metrics = parts.metrics;
    this.logger = parts.logger;
    this.#operations = parts.operations;
    this.#options = options;
    this.#config = config;
    this.#events = events;
    const started = performance.now();
    this.metrics.collectProcess();
    const context = {
      metrics: this.metrics,
      logger: this.logger,
      operations: this.#operations,
      onFault: () => this.#config.settings.policy.onFault,
    };
    this.#ruleSets = new RuleSets(config.ruleSets, context, (app, result) => this.#logReload(app, result));
    this.#loadMs = performance.now() - started;
    this.#accessLog =
      config.accessLog === "off"
        ? undefined
        : openLineLog(config.accessLog, (error) => this.logger.log("error", `access log: ${error}`, {}));
    for (const { tls } of config.listeners) {
      this.#certificates.push(tls === undefined ? undefined : new Certificates(readCertificates(tls), tls.minVersion));
    }
    this.#proxyMetrics = new ProxyMetrics(this.metrics.registry, () => this.#proxy.connectionCount);
    for (const { name, servers } of config.settings.upstreams) {
      for (const { url } of servers) this.#proxyMetrics.serverUp(name, url.origin, true);
    }
    this.#proxy = this.#createProxy(config);
    this.#queue = new ReloadQueue((trigger) => this.#reload(trigger as ReloadTrigger));
    if (config.watch) this.#watch();
  }

  get description(): string {
    return this.#ruleSets.describe(this.#loadMs);
  }

  get listening(): readonly string[] {
    return this.#listening;
  }

  async listen(): Promise<void> {
    for (const [index, { address, tls }] of this.#config.listeners.entries()) {
      const { port } = await this.#proxy.listen(address.port, address.host, this.#certificates[index]);
      const host = address.host ?? "localhost";
      this.#listening.push(
        `${tls === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
      );
    }
  }

  reload(trigger: ReloadTrigger): Promise<ReloadResult> {
    return this.#queue.request(trigger);
  }

  reopen(): void {
    this.#operations.reopen();
    this.#accessLog?.reopen();
  }

  async close(): Promise<void> {
    for (const watch of this.#watches) watch.close();
    this.#ruleSets.close();
    await this.#proxy.close(this.#config.drainMs);
    this.#accessLog?.close();
    await this.#operations.close();
  }

  #createProxy(config: ProxyConfig): Proxy {
    const { logger, metrics } = this;
    return createProxy({
      ...config.settings,
      waf: (name) => this.#ruleSets.waf(name)!,
      onExchange: (record) => this.#onExchange(record),
      onFault: (kind, message, policy, requestId) => {
        metrics.fault({ kind: kind as "port", policy });
        logger.log("error", message, { fault: kind, policy, tx_id: requestId });
      },
      onError: (upstream, server, error) => {
        this.#proxyMetrics.upstreamError(upstream, server, error.kind);
        logger.log("error", `upstream: ${error.message}`, { upstream, server, kind: error.kind });
      },
      onHealth: (upstream, server, healthy, reason) => {
        this.#proxyMetrics.serverUp(upstream, server, healthy);
        logger.log(healthy ? "info" : "error", healthy ? "server is back" : "server is left out", {
          upstream,
          server,
          reason,
        });
      },
      onRefused: (status, reason, client) => {
        metrics.refusedHead(status);
        logger.log("warn", `request head refused: ${reason}`, { status, client });
      },
      onConnectionError: (reason, client) => {
        this.#proxyMetrics.connectionError(reason.startsWith("TLS") ? "tls" : "limit");
        logger.log("warn", `connection closed: ${reason}`, { client });
      },
    });
  }

  #onExchange(record: ExchangeRecord): void {
    const { tx, status } = record;
    this.#operations.observe(tx, record.ruleSet);
    this.#proxyMetrics.observe({ ...record, answered: record.server !== "" });
    this.#accessLog?.write(accessLine(record));
    if (tx.matchedRules.some((matched) => matched.log) || tx.faults.length > 0) {
      this.#events.onDecision(describeDecision(tx, status));
    }
  }

  async #reload(trigger: ReloadTrigger): Promise<ReloadResult> {
    const started = performance.now();
    const result = (ok: boolean, message: string, ruleCount = 0): ReloadResult => ({
      trigger,
      ok,
      message,
      changes: undefined,
      ruleCount,
      seconds: (performance.now() - started) / 1000,
    });
    let outcome: ReloadResult;
    try {
      const config = configOf(this.#options);
      const pairs = config.listeners.map(({ tls }) => (tls === undefined ? undefined : readCertificates(tls)));
      // Tried on the side first: one that cannot be used must not leave the others half replaced.
      for (const pair of pairs) if (pair !== undefined) void new Certificates(pair);
      const results = await this.#ruleSets.reload(config.ruleSets, trigger);
      const failed = results.find(({ ok }) => !ok);
      if (failed !== undefined) outcome = failed;
      else {
        this.#proxy.update(config.settings);
        this.#ruleSets.retain(config.ruleSets.keys());
        this.#certificates.forEach((certificates, index) => {
          const pair = pairs[index];
          if (pair !== undefined) certificates?.replace(pair);
        });
        this.#noteRestart(config);
        this.#config = config;
        const rules = results.reduce((sum, { ruleCount }) => sum + ruleCount, 0);
        outcome = result(true, results.map(({ message }) => message).join("; "), rules);
      }
    } catch (error) {
      outcome = result(false, (error as Error).message);
      this.metrics.reloaded(outcome);
    }
    this.logger.log(
      outcome.ok ? "info" : "error",
      outcome.ok
        ? "configuration reloaded"
        : `configuration not reloaded, the old one stays in force: ${outcome.message}`,
      { trigger },
    );
    return outcome;
  }

  /** What cannot change while sockets and logs are open. */
  #noteRestart(config: ProxyConfig): void {
    const fixed = ({ listeners, accessLog, admin, adminTokenFile, workers, watch }: ProxyConfig): string =>
      JSON.stringify([listeners, accessLog, admin, adminTokenFile, workers, watch]);
    if (fixed(config) === fixed(this.#config)) return;
    this.logger.log("warn", "listen, access_log, admin, workers and watch change with a restart only", {});
  }

  #logReload(app: string, { ok, message, trigger, ruleCount, seconds }: ReloadResult): void {
    const what = ok ? "rules reloaded" : "rules not reloaded, the old ones stay in force";
    this.logger.log(ok ? "info" : "error", `${what}: ${message}`, { trigger, app, rules: ruleCount, seconds });
  }

  /** Rule files reload their rules; the configuration and its certificates reload everything. */
  #watch(): void {
    this.#ruleSets.watch();
    const files = this.#config.listeners.flatMap(
      ({ tls }) => tls?.certificates.flatMap(({ certificate, key }) => [certificate, key]) ?? [],
    );
    if (this.#options.config !== undefined) files.push(this.#options.config);
    if (files.length === 0) return;
    const paths = files.map((file): [string, undefined] => [file, undefined]);
    this.#watches.push(
      new FileWatch(
        () => paths,
        () => void this.reload("files"),
      ),
    );
  }
}
