export type { Proxy, ProxyEvents, ProxyOptions, ProxySettings, RouteOptions } from "./proxy.ts";
export { createProxy } from "./proxy.ts";
export type { ExchangeRecord } from "./inspect/exchange-context.ts";
export type { UpstreamErrorKind } from "./upstream/upstream-exchange.ts";
export { UpstreamError } from "./upstream/upstream-exchange.ts";
export { singleApplication } from "./defaults.ts";
