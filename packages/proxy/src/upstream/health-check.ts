import type { Requester } from "./upstream-exchange.ts";

/** A request that is sent over and over to learn whether a server is well. */
export interface HealthCheckOptions {
  readonly path: string;
  readonly host: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Answers in a row that change the judgement. */
  readonly healthyAfter: number;
  readonly unhealthyAfter: number;
  /** Status codes that count as well, both included. */
  readonly status: readonly [from: number, to: number];
}

/** Checks a server until the function returned is called; `onChange` is told when the judgement changes. */
export function startHealthCheck(
  options: HealthCheckOptions,
  requester: Requester,
  onChange: (healthy: boolean, reason: string) => void,
): () => void {
  let healthy = true;
  let streak = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const judge = (well: boolean, reason: string): void => {
    streak = well === healthy ? 0 : streak + 1;
    if (streak < (well ? options.healthyAfter : options.unhealthyAfter)) return;
    if (well === healthy) return;
    healthy = well;
    streak = 0;
    onChange(healthy, reason);
  };
  const check = async (): Promise<void> => {
    const [well, reason] = await probe(options, requester);
    if (stopped) return;
    judge(well, reason);
    timer = setTimeout(() => void check(), options.intervalMs);
    timer.unref();
  };
  void check();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

async function probe(options: HealthCheckOptions, requester: Requester): Promise<[well: boolean, reason: string]> {
  try {
    const response = await requester.send(
      {
        method: "GET",
        target: options.path,
        scheme: "http",
        headers: [
          ["Host", options.host],
          ["User-Agent", "cuirass-health-check"],
        ],
        body: undefined,
        upgrade: false,
      },
      AbortSignal.timeout(options.timeoutMs),
    );
    const { status } = response;
    while ((await response.next(options.timeoutMs)) !== undefined);
    return [status >= options.status[0] && status <= options.status[1], `status ${status}`];
  } catch (error) {
    return [false, (error as Error).message];
  }
}
