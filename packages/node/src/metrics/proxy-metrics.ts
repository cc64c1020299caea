import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import { promClient } from "../on-demand.ts";

/** What is counted of a finished exchange. Seconds and bytes. */
export interface ProxyExchange {
  readonly upstream: string;
  readonly status: number;
  readonly durationMs: number;
  readonly upstreamMs: number;
  readonly answered: boolean;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics of the reverse proxy, beside those of the WAF. Names of upstreams and servers come from the configuration. */
export class ProxyMetrics {
  readonly #responses: Counter<"upstream" | "status">;
  readonly #duration: Histogram<"upstream">;
  readonly #upstreamDuration: Histogram<"upstream">;
  readonly #bytes: Counter<"upstream" | "direction">;
  readonly #upstreamErrors: Counter<"upstream" | "server" | "kind">;
  readonly #up: Gauge<"upstream" | "server">;
  readonly #connectionErrors: Counter<"reason">;

  constructor(registry: Registry, connections: () => number) {
    const { Counter, Gauge, Histogram } = promClient();
    const registers = [registry];
    this.#responses = new Counter({
      name: "cuirass_proxy_responses_total",
      help: "Answers to clients by class of status; 0xx for clients that got none.",
      labelNames: ["upstream", "status"],
      registers,
    });
    this.#duration = new Histogram({
      name: "cuirass_proxy_duration_seconds",
      help: "From the head of a request to the end of its answer.",
      labelNames: ["upstream"],
      buckets: BUCKETS,
      registers,
    });
    this.#upstreamDuration = new Histogram({
      name: "cuirass_proxy_upstream_duration_seconds",
      help: "From sending a request on to the head of the application's answer.",
      labelNames: ["upstream"],
      buckets: BUCKETS,
      registers,
    });
    this.#bytes = new Counter({
      name: "cuirass_proxy_body_bytes_total",
      help: "Bytes of bodies from clients (in) and to them (out).",
      labelNames: ["upstream", "direction"],
      registers,
    });
    this.#upstreamErrors = new Counter({
      name: "cuirass_proxy_upstream_errors_total",
      help: "Requests that a server failed to answer, by kind: connect, timeout, reset, protocol.",
      labelNames: ["upstream", "server", "kind"],
      registers,
    });
    this.#up = new Gauge({
      name: "cuirass_proxy_server_up",
      help: "1 while a server gets requests, 0 while it is left out.",
      labelNames: ["upstream", "server"],
      aggregator: "min",
      registers,
    });
    this.#connectionErrors = new Counter({
      name: "cuirass_proxy_connection_errors_total",
      help: "Connections closed because there were too many, and TLS handshakes that failed.",
      labelNames: ["reason"],
      registers,
    });
    new Gauge({
      name: "cuirass_proxy_connections",
      help: "Open connections of clients.",
      registers,
      collect() {
        this.set(connections());
      },
    });
  }

  observe(exchange: ProxyExchange): void {
    const { upstream } = exchange;
    this.#responses.inc({ upstream, status: `${Math.floor(exchange.status / 100)}xx` });
    this.#duration.observe({ upstream }, exchange.durationMs / 1000);
    if (exchange.answered) this.#upstreamDuration.observe({ upstream }, exchange.upstreamMs / 1000);
    if (exchange.bytesIn > 0) this.#bytes.inc({ upstream, direction: "in" }, exchange.bytesIn);
    if (exchange.bytesOut > 0) this.#bytes.inc({ upstream, direction: "out" }, exchange.bytesOut);
  }

  upstreamError(upstream: string, server: string, kind: string): void {
    this.#upstreamErrors.inc({ upstream, server, kind });
  }

  serverUp(upstream: string, server: string, up: boolean): void {
    this.#up.set({ upstream, server }, up ? 1 : 0);
  }

  connectionError(reason: "limit" | "tls"): void {
    this.#connectionErrors.inc({ reason });
  }
}
