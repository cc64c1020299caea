import type { Waf } from "@cuirass/engine";
import type { HttpDecision } from "./decision.ts";
import { defaultHooks, logError } from "./default-hooks.ts";
import { fetchDecompressor } from "./fetch-decompressor.ts";
import { fetchHead, inspectRequest, inspectResponse } from "./fetch-exchange.ts";
import type { Route } from "./http-waf.ts";
import { HttpWaf } from "./http-waf.ts";
import { localRuleSet } from "./local-inspection.ts";
import type { PolicyOptions } from "./policy.ts";

/** Options where there is no file system: rules come compiled, by `createWaf` of `@cuirass/engine`. */
export interface FetchOptions extends PolicyOptions {
  /** A function gives the one in force, when rules are replaced while they are in use. */
  readonly waf: Waf | (() => Waf);
  /** Other rules for some paths; the first that fits decides. */
  readonly routes?: readonly Route<Waf>[];
}

/** A Fetch-style handler: Bun.serve, Deno.serve, a Worker's `fetch`. What follows the request is the runtime's. */
export type FetchHandler<A extends readonly unknown[]> = (request: Request, ...rest: A) => Response | Promise<Response>;

/** Rules and policy for adapters that need nothing of Node.js. */
export function createFetchWaf(options: FetchOptions): HttpWaf {
  const routes = (options.routes ?? []).map((route) => ({ ...route, rules: localRuleSet(route.rules) }));
  const policy = { onError: logError, ...options, hooks: { ...defaultHooks, ...options.hooks } };
  return new HttpWaf(localRuleSet(options.waf), routes, policy, fetchDecompressor);
}

const decisions = new WeakMap<Request, HttpDecision>();

/** The decision about the request that a handler was given; undefined when it is not inspected. */
export function decisionOf(request: Request): HttpDecision | undefined {
  return decisions.get(request);
}

/** Wraps a handler so that it only sees what the WAF lets through, and only inspected responses leave. */
export function cuirass<A extends readonly unknown[]>(
  handler: FetchHandler<A>,
  options: FetchOptions | HttpWaf,
  clientAddress?: (request: Request, ...rest: A) => string,
): (request: Request, ...rest: A) => Promise<Response> {
  const waf = options instanceof HttpWaf ? options : createFetchWaf(options);
  return async (request, ...rest) => {
    const known = clientAddress === undefined ? {} : { client: { address: clientAddress(request, ...rest), port: 0 } };
    const passed = await inspectRequest(waf, request, fetchHead(request, known));
    if (passed instanceof Response) return passed;
    const { exchange } = passed;
    if (exchange === undefined) return handler(passed.request, ...rest);
    decisions.set(passed.request, exchange.decision);
    let response: Response;
    try {
      response = await handler(passed.request, ...rest);
    } catch (error) {
      exchange.finish(500);
      throw error;
    }
    // Bun's way to say that a WebSocket has taken over is to return nothing.
    if (response === undefined) exchange.finish(101);
    return response === undefined ? response : inspectResponse(passed, response);
  };
}
