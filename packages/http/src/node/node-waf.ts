import type { EngineFault, Transaction } from "@cuirass/engine";
import { defaultHooks, logError } from "../default-hooks.ts";
import type { Lifetime, RulesReload } from "../http-waf.ts";
import { HttpWaf } from "../http-waf.ts";
import type { RuleSetHandle } from "../inspection.ts";
import type { WafSource } from "../local-inspection.ts";
import { localRuleSet } from "../local-inspection.ts";
import type { Hooks, PolicyOptions } from "../policy.ts";
import { WorkerPool } from "../workers/pool.ts";
import { checkOptions } from "./check-options.ts";
import { nodeDecompressor } from "./decompressor.ts";
import { checkOwnWaf, ruleSpec } from "./load-rules.ts";
import type { RuleSpec } from "./load-rules.ts";
import { LocalRules } from "./local-rules.ts";
import type { HttpOptions } from "./options.ts";

/** Options, or what `createHttpWaf` made of them when several servers share one. */
export type WafOrOptions = HttpWaf | HttpOptions;

/** Compiles rules once, for any number of servers and adapters of this process. */
export function createHttpWaf(options: HttpOptions = {}): HttpWaf {
  checkOptions(options);
  checkOwnWaf(options);
  const routes = options.routes ?? [];
  for (const route of routes) checkOwnWaf(route);
  const policy: PolicyOptions = {
    onError: logError,
    ...options,
    hooks: countFaults({ ...defaultHooks, ...options.hooks }, options),
  };
  const { rules, lifetime } = (options.workers ?? 0) > 0 ? inWorkers(options) : inThisThread(options);
  const [all, ...others] = rules as [RuleSetHandle, ...RuleSetHandle[]];
  const handles = routes.map(({ path, methods }, index) => ({ path, methods, rules: others[index]! }));
  return new HttpWaf(all, handles, policy, nodeDecompressor, lifetime);
}

/** Takes options as they are given to adapters. */
export function toHttpWaf(wafOrOptions: WafOrOptions = {}): HttpWaf {
  return wafOrOptions instanceof HttpWaf ? wafOrOptions : createHttpWaf(wafOrOptions);
}

interface Loaded {
  readonly rules: readonly RuleSetHandle[];
  readonly lifetime: Lifetime;
}

/** All paths first, then the routes. */
function specs(options: HttpOptions): (RuleSpec & { readonly waf?: WafSource })[] {
  const { waf, onFault = "block" } = options;
  const inherited = { ...ruleSpec(options), onFault };
  const own = (options.routes ?? []).map((route) => {
    if (route.waf !== undefined) return { waf: route.waf };
    if (waf !== undefined && Object.keys(ruleSpec(route)).length === 0) return { waf };
    return { ...inherited, ...ruleSpec(route), onFault };
  });
  return [waf === undefined ? inherited : { waf }, ...own];
}

function inThisThread(options: HttpOptions): Loaded {
  const { metrics } = options;
  const observe = metrics === undefined ? undefined : (tx: Transaction): void => metrics.observe(tx);
  const own = new LocalRules();
  return {
    rules: specs(options).map(({ waf, ...spec }) => localRuleSet(waf ?? own.add(spec, options.host), observe)),
    lifetime: { reload: counted(() => own.reload(), options) },
  };
}

function inWorkers(options: HttpOptions): Loaded {
  const own = specs(options);
  const ports = Object.keys(options.host ?? {}).filter((port) => port !== "collectionStore");
  if (ports.length > 0 || own.some(({ waf }) => waf !== undefined)) {
    throw new Error(
      '"workers" load rules by themselves: "waf", and of "host" all but the collection store, cannot be handed to other threads',
    );
  }
  const pool = new WorkerPool({
    workers: options.workers ?? 1,
    queueLimit: options.queueLimit ?? 1024,
    timeoutMs: options.workerTimeoutMs ?? 10_000,
    specs: own,
    store: options.host?.collectionStore,
    observe: options.metrics === undefined ? undefined : (summary) => options.metrics!.observeSummary(summary),
  });
  options.metrics?.queue("http_workers", () => pool.underWay);
  const reload = counted(() => pool.reload(), options);
  return { rules: pool.ruleSets, lifetime: { ready: pool.ready, reload, close: () => pool.close() } };
}

function counted(reload: () => Promise<RulesReload>, { metrics }: HttpOptions): () => Promise<RulesReload> {
  return async () => {
    const result = await reload();
    metrics?.reloaded({ trigger: "call", ok: result.ok });
    return result;
  };
}

/** Engine faults name their kind; what else fails is a port that the adapter itself depends on. */
function countFaults(hooks: Hooks, { metrics }: HttpOptions): Hooks {
  if (metrics === undefined) return hooks;
  return {
    ...hooks,
    fault: (message, decision, policy) => {
      const kind = engineFaults.find((name) => message.startsWith(`${name}: `)) ?? "port";
      metrics.fault({ kind, policy });
      hooks.fault?.(message, decision, policy);
    },
  };
}

const engineFaults: readonly EngineFault["kind"][] = ["port", "time-budget", "rule", "body-processor", "audit"];
