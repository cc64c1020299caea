import { basename } from "node:path";
import type { EngineFault, Host, MaskingList, Transaction, Waf } from "@cuirass/engine";
import { compileWaf } from "@cuirass/engine";
import { inSlices, supportedAuditWriters } from "@cuirass/node";
import type { ApplicationConfig } from "../config/agent-config.ts";
import type { Reporter } from "./report.ts";
import type { CacheRemoval } from "./transaction-cache.ts";
import { matchLine } from "../log/match-line.ts";
import { TransactionCache } from "./transaction-cache.ts";

/** An application ready to inspect: its rules, and the transactions that wait for a response. */
export interface Application {
  readonly config: ApplicationConfig;
  readonly waf: Waf;
  readonly cache: TransactionCache;
  /** Time that compiling took. */
  readonly seconds: number;
}

/** What an application is made with besides its configuration. */
export interface ApplicationContext {
  readonly configFile: string;
  readonly host: Host;
  readonly masking: MaskingList;
  readonly reporter: Reporter;
  /** Workers that share the application's traffic, and its limits. */
  readonly workers: number;
  readonly timeBudgetMs: number | undefined;
  readonly onRemoved: (tx: Transaction, reason: CacheRemoval) => void;
}

/**
 * Compiles an application.
 * @throws WafConfigError when its directives are wrong; places are those in the configuration file.
 */
export async function createApplication(config: ApplicationConfig, context: ApplicationContext): Promise<Application> {
  const { configFile, host, masking, reporter, workers, timeBudgetMs } = context;
  const started = performance.now();
  const steps = compileWaf({
    // Empty lines in front make line numbers those of the configuration file.
    directives: {
      text: "\n".repeat(config.directivesLine - 1) + Buffer.from(config.directives, "utf8").toString("latin1"),
      name: basename(configFile),
    },
    host,
    masking,
    plugins: { auditWriters: supportedAuditWriters },
    onFaultPolicy: config.onError === "deny" ? "block" : "pass",
    onMatchedRule: (matched) => {
      const text = matchLine(config.log, matched.masked());
      if (text !== undefined) reporter.line(config.name, text);
    },
    onFault: (fault) => reportFault(config.name, fault, reporter),
    ...(timeBudgetMs === undefined ? {} : { timeBudgetMs }),
  });
  const waf = await inSlices(steps);
  const limits = {
    ttlMs: config.transactionTtlMs,
    entries: Math.ceil(config.transactionActiveLimit / workers),
    bytes: Math.ceil(config.transactionActiveBytes / workers),
  };
  const cache = new TransactionCache(limits, (tx, reason) => {
    reporter.count("cache_evicted_total", { app: config.name, reason });
    context.onRemoved(tx, reason);
  });
  return { config, waf, cache, seconds: (performance.now() - started) / 1000 };
}

function reportFault(app: string, fault: EngineFault, reporter: Reporter): void {
  reporter.error("internal");
  reporter.fault(fault);
  reporter.limitedEvent(`fault ${fault.kind}`, 1000, "error", fault.message, {
    app,
    error: fault.kind,
    unique_id: fault.transactionId,
  });
}
