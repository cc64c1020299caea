import type { RunProxyOptions } from "./proxy/proxy-options.ts";
import type { RunningService } from "./service/run-service.ts";
import { configOf } from "./proxy/proxy-options.ts";
import { ProxyService } from "./proxy/proxy-service.ts";
import { runService } from "./service/run-service.ts";

/** A proxy that is up, and what it protects, for people. */
export interface RunningProxy extends RunningService {
  readonly upstreams: string;
}

/** Starts the reverse proxy. In a worker process it serves and resolves with undefined in the end. */
export async function runProxy(options: RunProxyOptions): Promise<RunningProxy | undefined> {
  const config = configOf(options);
  const running = await runService((events) => ProxyService.create(options, config, events), config);
  if (running === undefined) return undefined;
  const servers = config.settings.upstreams.flatMap(({ servers: list }) => list.map(({ url }) => url.origin));
  return { ...running, upstreams: servers.join(", ") };
}
