import type { RuleSet } from "@cuirass/node";
import {
  createAuditSink,
  createLogger,
  DecisionRing,
  describeDecision,
  LiveWaf,
  locateRuleSet,
  onSignals,
  readAdminToken,
  startAdminServer,
  WafMetrics,
} from "@cuirass/node";
import { createProxy, singleApplication } from "@cuirass/proxy";
import { describeWaf, wafConfig } from "./load-waf.ts";

/** Options of the proxy as the command line gives them. */
export interface RunProxyOptions {
  readonly upstream: string;
  readonly listen: string;
  readonly rules?: string | undefined;
  readonly mode?: "block" | "detect";
  readonly paranoiaLevel?: number | undefined;
  readonly admin: string;
  /** File with the token of whoever changes state through the admin port; `CUIRASS_ADMIN_TOKEN` else. */
  readonly adminTokenFile?: string | undefined;
  /** Reload when a rule file changes. */
  readonly watch?: boolean | undefined;
  readonly exposeMatches?: string | undefined;
  readonly directivesBefore?: string | undefined;
  readonly directivesAfter?: string | undefined;
}

/** A proxy that is up. */
export interface RunningProxy {
  readonly description: string;
  readonly url: string;
  readonly adminUrl: string | undefined;
  close(): Promise<void>;
  /** Resolves after SIGINT or SIGTERM, once running exchanges have ended. */
  untilSignal(): Promise<void>;
}

/** Loads rules, starts the proxy and its admin port. */
export async function runProxy(options: RunProxyOptions): Promise<RunningProxy> {
  const metrics = new WafMetrics();
  const decisions = new DecisionRing();
  const logger = createLogger();
  const token = readAdminToken(options.adminTokenFile);
  const audit = createAuditSink();
  const started = performance.now();
  let ruleSet: RuleSet | undefined;
  const live = new LiveWaf({
    configure: (files) => {
      ruleSet = locateRuleSet({ rules: options.rules });
      const { mode, paranoiaLevel, directivesBefore: before, directivesAfter: after } = options;
      const more = {
        host: { logger, auditSink: audit },
        onFault: (fault) => metrics.fault(fault),
        onMatchedRule: (matched) => logger.log("warn", matched.errorLog(), { tx_id: matched.transactionId }),
      } satisfies Parameters<typeof wafConfig>[2];
      return wafConfig(ruleSet, { mode, paranoiaLevel, before, after }, more, files);
    },
    onReload: (result) => {
      metrics.reloaded(result);
      const { trigger, ok, message, ruleCount, seconds } = result;
      if (ok) metrics.rulesLoaded(ruleSet!.title, ruleCount, seconds);
      const what = ok ? "rules reloaded" : "rules not reloaded, the old ones stay in force";
      logger.log(ok ? "info" : "error", `${what}: ${message}`, { trigger, rules: ruleCount, seconds });
    },
  });
  metrics.collectProcess();
  metrics.rulesLoaded(ruleSet!.title, live.waf.ruleCount, (performance.now() - started) / 1000);
  if (options.watch === true) live.watch();
  const signals = onSignals({ reload: () => void live.reload("signal"), reopen: () => audit.reopen() });
  const proxy = createProxy({
    waf: () => live.waf,
    ...singleApplication(new URL(options.upstream)),
    onExchange: ({ tx, status }) => {
      metrics.observe(tx);
      if (tx.matchedRules.some((matched) => matched.log) || tx.faults.length > 0)
        decisions.add(describeDecision(tx, status));
    },
    onRefused: (status, reason, client) => {
      metrics.refusedHead(status);
      logger.log("warn", `request head refused: ${reason}`, { status, client });
    },
  });
  const { host, port } = parseAddress(options.listen);
  const address = await proxy.listen(port, host);
  const admin =
    options.admin === "off"
      ? undefined
      : await startAdmin({ metrics, decisions, token, reload: () => live.reload("admin") }, options.admin);
  const close = async (): Promise<void> => {
    signals.close();
    live.close();
    await Promise.all([proxy.close(), admin?.close()]);
  };
  return {
    description: describeWaf(live.waf, ruleSet!, performance.now() - started),
    url: `http://${host ?? "localhost"}:${address.port}`,
    adminUrl: admin === undefined ? undefined : `http://${admin.address.address}:${admin.address.port}`,
    close,
    untilSignal: () =>
      new Promise((resolve) => {
        const stop = (): void => void close().then(resolve);
        process.once("SIGINT", stop);
        process.once("SIGTERM", stop);
      }),
  };
}

function startAdmin(
  parts: Parameters<typeof startAdminServer>[0],
  address: string,
): ReturnType<typeof startAdminServer> {
  const { host, port } = parseAddress(address);
  return startAdminServer(parts, port, host);
}

/** `:8080`, `8080`, `127.0.0.1:8080`, `[::1]:8080`. */
function parseAddress(text: string): { host: string | undefined; port: number } {
  const match = /^(?:(?:\[([^\]]+)\]|([^:]*)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new Error(`"${text}" is not an address; expected [host]:port such as 127.0.0.1:8080`);
  const host = match[1] ?? match[2] ?? "";
  return { host: host === "" ? undefined : host, port };
}
