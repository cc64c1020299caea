import type { CanActivate, ExecutionContext, INestApplication } from "@nestjs/common";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpWaf } from "./http-waf.ts";
import { cuirass as expressWaf } from "./express.ts";
import type { NodeServer } from "./node/attach.ts";
import type { WafOrOptions } from "./node/node-waf.ts";

/**
 * Protects a NestJS application on Express: call it before `listen` and before anything else that reads bodies. Guards all
 * routes, WebSocket handshakes, and what the body parser read. The decision is `request.cuirass`.
 *
 * @throws Error on another platform; with Fastify, register the plugin of `@cuirass/http/fastify` on the adapter instead.
 */
export function protect(app: INestApplication, options?: WafOrOptions): HttpWaf {
  const platform = app.getHttpAdapter().getType();
  if (platform !== "express") {
    throw new Error(
      `this application runs on ${platform}: register the plugin of @cuirass/http/${platform} on its adapter`,
    );
  }
  const middleware = expressWaf(options);
  app.use(middleware);
  app.useGlobalGuards(parsedGuard(middleware.parsed));
  middleware.attach(app.getHttpServer() as NodeServer);
  return middleware.waf;
}

/** Runs behind the body parser and in front of every handler. */
function parsedGuard(
  check: (request: IncomingMessage, response: ServerResponse, next: () => void) => void,
): CanActivate {
  return {
    canActivate: (context: ExecutionContext): boolean | Promise<boolean> => {
      if (context.getType() !== "http") return true;
      const http = context.switchToHttp();
      const response: ServerResponse = http.getResponse();
      return new Promise((resolve) => {
        response.once("close", () => resolve(false));
        check(http.getRequest(), response, () => resolve(true));
      });
    },
  };
}
