import type { ProxySettings } from "./proxy.ts";
import type { ServerOptions } from "./upstream/server-options.ts";
import { defaultHeadLimits } from "./request-head.ts";

/** Settings of a server that are used unless others are given. */
export const defaultServer: Omit<ServerOptions, "url"> = {
  protocol: "http1",
  timeouts: { connect: 5000, responseHead: 60_000, idle: 60_000, tunnel: 3_600_000 },
  connections: 256,
  // Node's own servers close unused connections after 5 s; to be first avoids requests into a closing connection.
  keepAliveMs: 4000,
  tls: undefined,
};

/** Settings of a proxy that are used unless others are given. */
export const defaultSettings: Omit<ProxySettings, "upstreams" | "routes"> = {
  trustedProxies: [],
  policy: {
    onFault: "block",
    compressedRequests: "inspect",
    compressedResponses: "inspect",
    intake: { minRate: 256, graceMs: 10_000 },
    exposeMatches: undefined,
  },
  timeouts: { requestHead: 30_000, clientIdle: 30_000, keepAlive: 60_000 },
  headLimits: defaultHeadLimits,
  requestsPerConnection: 10_000,
  connections: 10_000,
};

/** Settings for one application with one server, judged by the rule set `default`. */
export function singleApplication(url: URL): ProxySettings {
  return {
    ...defaultSettings,
    upstreams: [
      {
        name: "default",
        servers: [{ ...defaultServer, url }],
        balance: "round_robin",
        health: undefined,
        failures: 3,
        failureMs: 5000,
      },
    ],
    routes: [{ hosts: [], path: "", upstream: "default", ruleSet: "default", grpc: false }],
  };
}
