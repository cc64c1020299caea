import cluster from "node:cluster";
import { availableParallelism } from "node:os";
import type { AdminServer, ReloadResult, ReloadTrigger } from "@cuirass/node";
import { createLogger, DecisionRing, onSignals, readAdminToken, startAdminServer } from "@cuirass/node";
import type { CreateService } from "./service.ts";
import { runWorker } from "./worker.ts";
import { WorkerSet } from "./worker-set.ts";

/** How a service is run. */
export interface RunOptions {
  /** Processes; 0 for one per core. */
  readonly workers: number;
  /** Address of health, metrics and decisions; undefined for none. */
  readonly admin: { readonly host: string | undefined; readonly port: number } | undefined;
  readonly adminTokenFile: string | undefined;
}

/** A service that is up. */
export interface RunningService {
  readonly description: string;
  /** The first listener. */
  readonly url: string;
  readonly urls: readonly string[];
  readonly adminUrl: string | undefined;
  close(): Promise<void>;
  /** Resolves after SIGINT or SIGTERM, once running exchanges have ended; a second signal does not wait for them. */
  untilSignal(): Promise<void>;
}

/** What serves: this process, or workers of it. */
interface Serving extends Pick<RunningService, "description" | "urls" | "close"> {
  readonly admin: Pick<Parameters<typeof startAdminServer>[0], "metrics" | "notReady">;
  reload(trigger: ReloadTrigger): Promise<ReloadResult>;
  reopen(): void;
}

/**
 * Starts a service, here or in worker processes, and its admin port. Worker processes run the same command line: in one of
 * them this serves, and resolves with undefined in the end.
 */
export async function runService(create: CreateService, options: RunOptions): Promise<RunningService | undefined> {
  if (cluster.isWorker) return void (await runWorker(create));
  const token = readAdminToken(options.adminTokenFile);
  const decisions = new DecisionRing();
  const workers = options.workers === 0 ? availableParallelism() : options.workers;
  const serving = await (workers > 1 ? serveInWorkers(workers, decisions) : serveHere(create, decisions));
  let admin: AdminServer | undefined;
  try {
    const { admin: address } = options;
    const parts = { ...serving.admin, decisions, token, reload: () => serving.reload("admin") };
    if (address !== undefined) admin = await startAdminServer(parts, address.port, address.host);
  } catch (error) {
    await serving.close();
    throw error;
  }
  const signals = onSignals({ reload: () => void serving.reload("signal"), reopen: () => serving.reopen() });
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

async function serveHere(create: CreateService, decisions: DecisionRing): Promise<Serving> {
  const service = await create({ onDecision: (decision) => decisions.add(decision) });
  await service.listen();
  let closing = false;
  return {
    description: service.description,
    urls: service.listening,
    admin: { metrics: service.metrics, notReady: () => (closing ? "draining" : undefined) },
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
