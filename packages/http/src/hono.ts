import type { Context, MiddlewareHandler, Next } from "hono";
import type { HttpDecision } from "./decision.ts";
import type { FetchOptions } from "./fetch.ts";
import { createFetchWaf } from "./fetch.ts";
import { fetchHead, inspectRequest, inspectResponse } from "./fetch-exchange.ts";
import { HttpWaf } from "./http-waf.ts";

/** What the middleware provides: `c.get("cuirass")` is the decision. */
export interface HonoEnv {
  Variables: { cuirass: HttpDecision | undefined };
}

/** Protects a Hono application on any Fetch runtime: `app.use(cuirass({ waf }))`, first. */
export function cuirass(options: FetchOptions | HttpWaf): MiddlewareHandler<HonoEnv> {
  const waf = options instanceof HttpWaf ? options : createFetchWaf(options);
  return async (context: Context<HonoEnv>, next: Next): Promise<Response | void> => {
    const passed = await inspectRequest(waf, context.req.raw, fetchHead(context.req.raw));
    if (passed instanceof Response) return passed;
    const { exchange } = passed;
    context.req.raw = passed.request;
    context.set("cuirass", exchange?.decision);
    await next();
    if (exchange !== undefined) {
      const response = await inspectResponse(passed, context.res);
      if (response !== context.res) {
        // Hono merges the headers of a response that is set over another one.
        context.res = undefined;
        context.res = response;
      }
    }
  };
}
