import type { ServerOptions } from "./server-options.ts";
import type { HealthCheckOptions } from "./health-check.ts";
import type { Requester, UpstreamRequest, UpstreamResponse, UpstreamTimeouts } from "./upstream-exchange.ts";
import { startHealthCheck } from "./health-check.ts";
import { Http1Requester } from "./http1-requester.ts";
import { Http2Requester } from "./http2-requester.ts";
import { UpstreamError } from "./upstream-exchange.ts";

/** An application: one or several servers that can answer the same requests. */
export interface UpstreamOptions {
  readonly name: string;
  readonly servers: readonly ServerOptions[];
  readonly balance: "round_robin" | "least_requests";
  /** Without it a server is only judged by the requests it fails. */
  readonly health: HealthCheckOptions | undefined;
  /** A server that cannot be reached so often in a row is left out for `failureMs`. */
  readonly failures: number;
  readonly failureMs: number;
}

/** What happens to servers, for logs and metrics. */
export interface UpstreamEvents {
  onError(upstream: string, server: string, error: UpstreamError): void;
  onHealth(upstream: string, server: string, healthy: boolean, reason: string): void;
}

/** An answer and who gave it. */
export interface Answer {
  readonly response: UpstreamResponse;
  readonly server: string;
}

interface Server {
  readonly name: string;
  readonly requester: Requester;
  running: number;
  failures: number;
  /** Left out until then, on the monotonic clock. */
  downUntil: number;
  /** As the health check sees it. */
  healthy: boolean;
}

const idempotent = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);

/** Chooses servers, keeps away from those that fail, and tries another one where that is safe. */
export class UpstreamGroup {
  readonly name: string;
  readonly timeouts: UpstreamTimeouts;
  readonly #options: UpstreamOptions;
  readonly #events: UpstreamEvents;
  readonly #servers: readonly Server[];
  readonly #checks: readonly (() => void)[];
  #turn = 0;
  #closing = false;

  constructor(options: UpstreamOptions, events: UpstreamEvents) {
    this.name = options.name;
    this.timeouts = options.servers[0]!.timeouts;
    this.#options = options;
    this.#events = events;
    this.#servers = options.servers.map((server) => ({
      name: server.url.origin === "null" ? server.url.href : server.url.origin,
      requester: server.protocol === "http2" ? new Http2Requester(server) : new Http1Requester(server),
      running: 0,
      failures: 0,
      downUntil: 0,
      healthy: true,
    }));
    const { health } = options;
    this.#checks =
      health === undefined
        ? []
        : this.#servers.map((server) =>
            startHealthCheck(health, server.requester, (healthy, reason) => {
              server.healthy = healthy;
              events.onHealth(this.name, server.name, healthy, reason);
            }),
          );
  }

  /** Sends a request. Rejects with an {@link UpstreamError}, or with what the request's body rejected with. */
  async send(request: UpstreamRequest, signal: AbortSignal): Promise<Answer> {
    const tried = new Set<Server>();
    let mayRepeat = true;
    for (;;) {
      const server = this.#choose(tried);
      if (server === undefined) throw new UpstreamError("unavailable", "no server can be reached");
      server.running++;
      try {
        const response = await server.requester.send(request, signal);
        server.failures = 0;
        return { response: this.#counted(response, server), server: server.name };
      } catch (error) {
        this.#release(server);
        if (!(error instanceof UpstreamError)) throw error;
        this.#events.onError(this.name, server.name, error);
        const rewound = request.body === undefined || request.body.rewind();
        // A kept connection that was just being closed says nothing about the server: the same one gets a second try.
        if (error.stale && mayRepeat && idempotent.has(request.method) && rewound) {
          mayRepeat = false;
          continue;
        }
        if (error.kind === "connect" || error.kind === "reset") this.#note(server);
        tried.add(server);
        if (!error.unsent || !rewound || this.#choose(tried) === undefined) throw error;
      }
    }
  }

  /** Requests under way get their answers; each server's connections are closed after its last one. */
  close(): void {
    for (const stop of this.#checks) stop();
    this.#closing = true;
    for (const server of this.#servers) if (server.running === 0) server.requester.close();
  }

  #release(server: Server): void {
    server.running--;
    if (this.#closing && server.running === 0) server.requester.close();
  }

  /** Servers in use first; when all are out, the ones in disgrace are better than none, those that are ill are not. */
  #choose(tried: ReadonlySet<Server>): Server | undefined {
    const healthy = this.#servers.filter((server) => server.healthy && !tried.has(server));
    const now = performance.now();
    const usable = healthy.filter((server) => server.downUntil <= now);
    const candidates = usable.length > 0 ? usable : healthy;
    if (candidates.length < 2) return candidates[0];
    const start = this.#turn++ % candidates.length;
    if (this.#options.balance === "round_robin") return candidates[start];
    let best = candidates[start]!;
    for (const server of candidates) if (server.running < best.running) best = server;
    return best;
  }

  #note(server: Server): void {
    if (++server.failures < this.#options.failures) return;
    const isNew = server.downUntil <= performance.now();
    server.downUntil = performance.now() + this.#options.failureMs;
    if (isNew && this.#servers.length > 1) {
      this.#events.onHealth(this.name, server.name, false, `${server.failures} failures in a row`);
    }
  }

  /** Keeps count of what a server is working on until its answer has been read. */
  #counted(response: UpstreamResponse, server: Server): UpstreamResponse {
    let open = true;
    const done = (): void => {
      if (open) this.#release(server);
      open = false;
    };
    return {
      status: response.status,
      protocol: response.protocol,
      headers: response.headers,
      get trailers() {
        return response.trailers;
      },
      ...(response.upgraded === undefined ? {} : { upgraded: response.upgraded }),
      next: (idleMs) => {
        const piece = response.next(idleMs);
        if (piece === undefined) done();
        else if (!Buffer.isBuffer(piece)) {
          return piece.then((value) => {
            if (value === undefined) done();
            return value;
          });
        }
        return piece;
      },
      destroy: () => {
        done();
        response.destroy();
      },
    };
  }
}
