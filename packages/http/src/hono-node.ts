import type { Context, MiddlewareHandler, Next } from "hono";
import type { HttpBindings } from "@hono/node-server";
import type { HttpDecision } from "./decision.ts";
import { decisionOf, guard } from "./node/guard.ts";
import type { WafOrOptions } from "./node/node-waf.ts";
import { toHttpWaf } from "./node/node-waf.ts";

/** What the middleware needs and provides: `c.get("cuirass")` is the decision. */
export interface HonoNodeEnv {
  Bindings: HttpBindings;
  Variables: { cuirass: HttpDecision | undefined };
}

/**
 * Protects a Hono application on `@hono/node-server`: `app.use(cuirass())`, first. It works on Node's own request and
 * response, so raw target, header lines and trailers are seen; elsewhere use `@cuirass/http/hono`.
 */
export function cuirass(options?: WafOrOptions): MiddlewareHandler<HonoNodeEnv> {
  const waf = toHttpWaf(options);
  return async (context: Context<HonoNodeEnv>, next: Next): Promise<Response | void> => {
    const { incoming, outgoing } = context.env;
    if (incoming === undefined) throw new Error("not on @hono/node-server: use the middleware of @cuirass/http/hono");
    const passed = await new Promise<boolean>((resolve) => {
      guard(
        waf,
        incoming,
        outgoing,
        () => resolve(true),
        () => resolve(false),
      );
    });
    // The server's word for "the answer has been sent on Node's response".
    if (!passed) return new Response(null, { headers: { "x-hono-already-sent": "true" } });
    context.set("cuirass", decisionOf(incoming));
    await next();
  };
}
