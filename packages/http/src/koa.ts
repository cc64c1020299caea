import type { Context, Next } from "koa";
import type { HttpDecision } from "./decision.ts";
import type { HttpWaf } from "./http-waf.ts";
import type { NodeServer } from "./node/attach.ts";
import { attach } from "./node/attach.ts";
import { decisionOf, guard, guardParsed } from "./node/guard.ts";
import type { WafOrOptions } from "./node/node-waf.ts";
import { toHttpWaf } from "./node/node-waf.ts";

declare module "koa" {
  interface DefaultContext {
    /** The WAF's decision so far; undefined for requests that are not inspected. */
    readonly cuirass?: HttpDecision | undefined;
  }
}

/** Middleware of Koa. Put it first: what runs before it is not protected. */
export interface KoaWaf {
  (context: Context, next: Next): Promise<unknown>;
  /** Middleware for behind the body parser: inspects what it read where rules saw something else. */
  readonly parsed: (context: Context, next: Next) => Promise<unknown>;
  /** Guards WebSocket handshakes and `Expect: 100-continue` of the server that the application listens on. */
  readonly attach: (server: NodeServer) => void;
  readonly waf: HttpWaf;
}

/** Protects a Koa application: `app.use(cuirass())`. */
export function cuirass(options?: WafOrOptions): KoaWaf {
  const waf = toHttpWaf(options);
  const goOn = async (
    context: Context,
    next: Next,
    check: (proceed: () => void, stopped: () => void) => void,
  ): Promise<unknown> => {
    const passed = await new Promise<boolean>((resolve) =>
      check(
        () => resolve(true),
        () => resolve(false),
      ),
    );
    if (passed) return next();
    // The answer has been sent already.
    context.respond = false;
    return undefined;
  };
  const middleware = (context: Context, next: Next): Promise<unknown> => {
    Object.defineProperty(context, "cuirass", { configurable: true, get: () => decisionOf(context.req) });
    return goOn(context, next, (proceed, stopped) => guard(waf, context.req, context.res, proceed, stopped));
  };
  return Object.assign(middleware, {
    parsed: (context: Context, next: Next): Promise<unknown> => {
      const { params, request } = context as Context & { params?: unknown };
      const { query, body } = request as { query?: unknown; body?: unknown };
      return goOn(context, next, (proceed, stopped) =>
        guardParsed(context.req, { query, params, body }, proceed, stopped),
      );
    },
    attach: (server: NodeServer): void => attach(waf, server),
    waf,
  });
}
