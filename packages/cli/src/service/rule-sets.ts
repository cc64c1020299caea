import type { FaultPolicy, Logger, Waf } from "@cuirass/engine";
import type { Operations, ReloadResult, ReloadTrigger, RuleSet, RuleSetOptions, WafMetrics } from "@cuirass/node";
import { LiveWaf, locateRuleSet } from "@cuirass/node";
import { describeWaf, wafConfig } from "../load-waf.ts";

/** What the rule sets of a process share. */
export interface RuleSetContext {
  readonly metrics: WafMetrics;
  readonly logger: Logger;
  readonly operations: Operations;
  /** In detection mode faults never block. */
  readonly onFault: () => FaultPolicy;
}

/** Rules and how they run. */
export interface RuleSetConfig extends RuleSetOptions {
  /** A CRS folder, a .conf file, a glob, `built-in`; found as usual when undefined. */
  readonly rules: string | undefined;
}

interface Entry {
  config: RuleSetConfig;
  ruleSet: RuleSet;
  readonly live: LiveWaf;
}

/** The rule sets that the routes of a proxy name, each replaceable while it is in use. */
export class RuleSets {
  readonly #context: RuleSetContext;
  readonly #entries = new Map<string, Entry>();
  readonly #onReload: (app: string, result: ReloadResult) => void;
  #watching = false;

  /** @throws WafConfigError when rules are wrong. */
  constructor(
    configs: ReadonlyMap<string, RuleSetConfig>,
    context: RuleSetContext,
    onReload: (app: string, result: ReloadResult) => void,
  ) {
    this.#context = context;
    this.#onReload = onReload;
    for (const [name, config] of configs) this.#entries.set(name, this.#load(name, config));
  }

  /** Undefined when there is no rule set of that name. */
  waf(name: string): Waf | undefined {
    return this.#entries.get(name)?.live.waf;
  }

  /** One line for each: which rules, how many, how strict, which mode. */
  describe(loadMs: number): string {
    const several = this.#entries.size > 1;
    return [...this.#entries]
      .map(([name, { live, ruleSet }]) => `${several ? `${name}: ` : ""}${describeWaf(live.waf, ruleSet, loadMs)}`)
      .join("\n");
  }

  /** Reloads when a file changes that rules were read from. `reload` is to call {@link reload} in the end. */
  watch(): void {
    this.#watching = true;
    for (const { live } of this.#entries.values()) live.watch();
  }

  /**
   * Reads and compiles everything anew, with other settings if need be. Each rule set is replaced whole or not at all;
   * names that are gone are dropped by {@link retain} once nothing uses them. Never rejects.
   */
  async reload(configs: ReadonlyMap<string, RuleSetConfig>, trigger: ReloadTrigger): Promise<ReloadResult[]> {
    const results: ReloadResult[] = [];
    for (const [name, config] of configs) {
      const entry = this.#entries.get(name);
      if (entry === undefined) results.push(this.#add(name, config, trigger));
      else {
        const before = entry.config;
        entry.config = config;
        const result = await entry.live.reload(trigger);
        if (!result.ok) entry.config = before;
        results.push(result);
      }
    }
    return results;
  }

  retain(names: Iterable<string>): void {
    const kept = new Set(names);
    for (const [name, { live }] of this.#entries) {
      if (kept.has(name)) continue;
      live.close();
      this.#entries.delete(name);
    }
  }

  close(): void {
    for (const { live } of this.#entries.values()) live.close();
  }

  #add(name: string, config: RuleSetConfig, trigger: ReloadTrigger): ReloadResult {
    const started = performance.now();
    let message = `rule set ${name} added`;
    let ruleCount = 0;
    try {
      const entry = this.#load(name, config);
      if (this.#watching) entry.live.watch();
      this.#entries.set(name, entry);
      ruleCount = entry.live.waf.ruleCount;
    } catch (error) {
      message = (error as Error).message;
    }
    const seconds = (performance.now() - started) / 1000;
    const result = { trigger, ok: ruleCount > 0, message, changes: undefined, ruleCount, seconds };
    this.#onReload(name, result);
    return result;
  }

  #load(name: string, config: RuleSetConfig): Entry {
    const { metrics, logger, operations, onFault } = this.#context;
    const started = performance.now();
    const own: { config: RuleSetConfig; ruleSet: RuleSet | undefined } = { config, ruleSet: undefined };
    const entry = (): Entry | undefined => this.#entries.get(name);
    const live: LiveWaf = new LiveWaf({
      configure: (files) => {
        const settings = entry()?.config ?? config;
        const ruleSet = locateRuleSet({ rules: settings.rules });
        own.ruleSet = ruleSet;
        return wafConfig(
          ruleSet,
          settings,
          {
            ...operations.config,
            onFaultPolicy: settings.mode === "detect" ? "pass" : onFault(),
            onMatchedRule: (matched) => logger.log("warn", matched.errorLog(), { tx_id: matched.transactionId }),
          },
          files,
        );
      },
      onReload: (result) => {
        metrics.reloaded(result);
        const loaded = entry();
        if (result.ok && loaded !== undefined) {
          loaded.ruleSet = own.ruleSet!;
          metrics.rulesLoaded(own.ruleSet!.title, result.ruleCount, result.seconds, name);
        }
        this.#onReload(name, result);
      },
    });
    metrics.rulesLoaded(own.ruleSet!.title, live.waf.ruleCount, (performance.now() - started) / 1000, name);
    return { config, ruleSet: own.ruleSet!, live };
  }
}
