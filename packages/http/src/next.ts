import type { FetchOptions } from "./fetch.ts";
import { createFetchWaf } from "./fetch.ts";
import { fetchHead, inspectRequest } from "./fetch-exchange.ts";
import { HttpWaf } from "./http-waf.ts";

/**
 * Middleware for Next.js (`middleware.ts`, `proxy.ts`): returns the response that stops a request, or undefined to go on.
 *
 * It sees requests only, and as Next.js shows them: the target normalised, header lines merged, no trailers, bodies as far
 * as Next.js buffers them for middleware, and only the paths that its `matcher` names. Responses of routes and pages never
 * come by here. A custom server with `protectServer` of `@cuirass/http/node-http` sees everything.
 */
export function cuirass(options: FetchOptions | HttpWaf): (request: Request) => Promise<Response | undefined> {
  const waf = options instanceof HttpWaf ? options : createFetchWaf(options);
  return async (request) => {
    // Next.js hands the original request on, so its body must not be used up here.
    const copy = request.body === null ? request : request.clone();
    const client = { address: forwardedFor(request), port: 0 };
    const passed = await inspectRequest(waf, copy, fetchHead(request, { client }));
    if (passed instanceof Response) return passed;
    void passed.request.body?.cancel().catch(() => undefined);
    passed.exchange?.finish(0);
    return undefined;
  };
}

/** The address that Next.js's own server, or the platform in front of it, put last. */
function forwardedFor(request: Request): string {
  return request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
}
