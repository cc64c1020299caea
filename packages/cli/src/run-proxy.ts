import cluster from "node:cluster";
import { availableParallelism } from "node:os";
import type { AdminServer, ReloadResult, ReloadTrigger } from "@cuirass/node";
import { createLogger, DecisionRing, onSignals, readAdminToken, startAdminServer } from "@cuirass/node";
import type { ProxyConfig } from "@cuirass/proxy";
import type { RunProxyOptions } from "./proxy/proxy-options.ts";
import { configOf } from "./proxy/proxy-options.ts";
import { WorkerSet } from "./proxy/primary.ts";
import { ProxyService } from "./proxy/service.ts";
import { runWorker } from "./proxy/worker.ts";

export type { RunProxyOptions } from "./proxy/proxy-options.ts";

/** A proxy that is up. */
export interface RunningProxy {
  readonly description: string;
  /** The first listener. */
  readonly url: string;
  readonly urls: readonly string[];
  readonly adminUrl: string | undefined;
  /** What is protected, for people. */
  readonly upstreams: string;
  close(): Promise<void>;
  /** Resolves after SIGINT or SIGTERM, once running exchanges have ended; a second signal does not wait for them. */
  untilSignal(): Promise<void>;
}

/** What serves: this process, or workers of it. */
interface Serving extends Pick<RunningProxy, "description" | "urls"> {
  readonly admin: Pick<Parameters<typeof startAdminServer>[0], "metrics" | "notReady">;
  reload(trigger: ReloadTrigger): Promise<ReloadResult>;
  reopen(): void;
  close(): Promise<void>;
}

/**
 * Loads rules, starts the proxy and its admin port. In a worker process of a cluster it serves and resolves with undefined
 * in the end.
 */
export async function runProxy(options: RunProxyOptions): Promise<RunningProxy | undefined> {
  if (cluster.isWorker) return void (await runWorker(options));
  const config = configOf(options);
  const token = readAdminToken(config.adminTokenFile);
  const decisions = new DecisionRing();
  const workers = config.workers === 0 ? availableParallelism() : config.workers;
  const serving = await (workers > 1 ? serveInWorkers(workers, decisions) : serveHere(options, config, decisions));
  let admin: AdminServer | undefined;
  try {
    const { admin: address } = config;
    if (address !== undefined)
      admin = await startAdminServer(
        { ...serving.admin, decisions, token, reload: () => serving.reload("admin") },
        address.port,
        address.host,
      );
  } catch (error) {
    await serving.close();
    throw error;
  }
  const signals = onSignals({
    reload: () => void serving.reload("signal"),
    reopen: () => serving.reopen(),
  });
  const close = async (): Promise<void> => {
    signals.close();
    await serving.close();
    await admin?.close();
  };
  return {
    description: serving.description,
    url: serving.urls[0]!,
    urls: serving.urls,
    adminUrl: admin === undefined ? undefined : `http://${admin.address.address}:${admin.address.port}`,
    upstreams: config.settings.upstreams.flatMap(({ servers }) => servers.map(({ url }) => url.origin)).join(", "),
    close,
    untilSignal: () =>
      new Promise((resolve) => {
        let signalled = 0;
        const stop = (): void => {
          if (signalled++ > 0) process.exit(1);
          void close().then(resolve);
        };
        process.on("SIGINT", stop);
        process.on("SIGTERM", stop);
      }),
  };
}

async function serveHere(options: RunProxyOptions, config: ProxyConfig, decisions: DecisionRing): Promise<Serving> {
  const service = new ProxyService(options, config, { onDecision: (decision) => decisions.add(decision) });
  await service.listen();
  let closing = false;
  return {
    description: service.description,
    urls: service.listening,
    admin: {
      metrics: service.metrics,
      notReady: () => (closing ? "draining" : undefined),
    },
    reload: (trigger) => service.reload(trigger),
    reopen: () => service.reopen(),
    close: () => {
      closing = true;
      return service.close();
    },
  };
}

async function serveInWorkers(count: number, decisions: DecisionRing): Promise<Serving> {
  const workers = new WorkerSet(count, createLogger(), decisions);
  try {
    const { urls, description } = await workers.start();
    return {
      description: `${description}, ${count} workers`,
      urls,
      admin: { metrics: workers.metrics, notReady: () => workers.notReady() },
      reload: (trigger) => workers.reload(trigger),
      reopen: () => workers.reopen(),
      close: () => workers.stop(),
    };
  } catch (error) {
    await workers.stop();
    throw error;
  }
}
