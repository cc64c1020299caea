import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpDecision } from "./decision.ts";
import type { HttpWaf } from "./http-waf.ts";
import type { NodeServer } from "./node/attach.ts";
import { attach } from "./node/attach.ts";
import { decisionOf, guard, guardParsed } from "./node/guard.ts";
import type { WafOrOptions } from "./node/node-waf.ts";
import { toHttpWaf } from "./node/node-waf.ts";

declare global {
  // The types of Express are extended this way; the name is theirs.
  namespace Express {
    interface Request {
      /** The WAF's decision so far; undefined for requests that are not inspected. */
      readonly cuirass?: HttpDecision | undefined;
    }
  }
}

/** A request as Express 4, Express 5 and Connect hand it to middleware. */
type ExpressRequest = IncomingMessage & { query?: unknown; params?: unknown; body?: unknown };
type Next = (error?: unknown) => void;

/** Middleware of Express 4 and 5. Put it first: what runs before it is not protected. */
export interface ExpressWaf {
  (request: IncomingMessage, response: ServerResponse, next: Next): void;
  /** Middleware for behind the body parsers: inspects what they read where rules saw something else. */
  readonly parsed: (request: IncomingMessage, response: ServerResponse, next: Next) => void;
  /** Guards WebSocket handshakes and `Expect: 100-continue` of the server that the application listens on. */
  readonly attach: (server: NodeServer) => void;
  readonly waf: HttpWaf;
}

/** Protects an Express application: `app.use(cuirass())`. */
export function cuirass(options?: WafOrOptions): ExpressWaf {
  const waf = toHttpWaf(options);
  const middleware = (request: IncomingMessage, response: ServerResponse, next: Next): void => {
    Object.defineProperty(request, "cuirass", decisionProperty);
    guard(waf, request, response, next);
  };
  return Object.assign(middleware, {
    parsed: (request: IncomingMessage, _response: ServerResponse, next: Next): void => {
      const { query, params, body } = request as ExpressRequest;
      guardParsed(request, { query, params, body }, next);
    },
    attach: (server: NodeServer): void => attach(waf, server),
    waf,
  });
}

const decisionProperty: PropertyDescriptor = {
  configurable: true,
  get(this: object) {
    return decisionOf(this);
  },
};
