import type { UpstreamTimeouts } from "./upstream-exchange.ts";

/** How one server of an application is reached. */
export interface ServerOptions {
  readonly url: URL;
  /** HTTP/2 for gRPC applications, without TLS by prior knowledge. */
  readonly protocol: "http1" | "http2";
  readonly timeouts: UpstreamTimeouts;
  /** Connections at most; further requests wait for one. */
  readonly connections: number;
  /** Milliseconds that an unused connection is kept. */
  readonly keepAliveMs: number;
  readonly tls: UpstreamTls | undefined;
}

/** How the certificate of an https server is checked. */
export interface UpstreamTls {
  /** Certificates of authorities, PEM; the system's when undefined. */
  readonly ca: string | undefined;
  readonly serverName: string | undefined;
  readonly verify: boolean;
}
