export type { Proxy, ProxyOptions } from "./proxy.ts";
export { createProxy } from "./proxy.ts";
