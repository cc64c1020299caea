import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import type { HttpDecision } from "./decision.ts";
import type { HttpWaf } from "./http-waf.ts";
import type { NodeServer } from "./node/attach.ts";
import { attach } from "./node/attach.ts";
import { decisionOf, guard, guardParsed } from "./node/guard.ts";
import { toHttpWaf } from "./node/node-waf.ts";
import type { HttpOptions } from "./node/options.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The WAF's decision so far; undefined for requests that are not inspected. */
    readonly cuirass: HttpDecision | undefined;
  }
}

/** Options of the plugin: those of every adapter, or `{ shared }` with what `createHttpWaf` made. */
export type FastifyWafOptions = HttpOptions | { readonly shared: HttpWaf };

type Given = HttpOptions & {
  readonly prefix?: string;
  readonly logLevel?: string;
  readonly logSerializers?: object;
} & { readonly shared?: HttpWaf };

const plugin: FastifyPluginCallback<FastifyWafOptions> = (
  fastify: FastifyInstance,
  options: FastifyWafOptions,
  done: (error?: Error) => void,
): void => {
  // Fastify hands on what it was told about the plugin itself, too.
  const { shared, prefix: _prefix, logLevel: _level, logSerializers: _serializers, ...own } = options as Given;
  const waf = shared ?? toHttpWaf(own);
  // At the server, so that requests count too which Fastify answers before any hook, such as those with a bad URL.
  attach(waf, fastify.server as NodeServer, { requests: true });
  fastify.decorateRequest("cuirass", {
    getter(this: FastifyRequest) {
      return decisionOf(this.raw);
    },
  });
  // For requests that do not come from the server: fastify.inject() and serverless hosts.
  fastify.addHook("onRequest", (request: FastifyRequest, reply: FastifyReply, next: () => void) => {
    guard(waf, request.raw, reply.raw, next, () => reply.hijack());
  });
  fastify.addHook("preValidation", (request: FastifyRequest, reply: FastifyReply, next: () => void) => {
    const { query, params, body } = request;
    guardParsed(request.raw, { query, params, body }, next, () => reply.hijack());
  });
  fastify.addHook("onClose", async () => {
    if (shared === undefined) await waf.close();
  });
  waf.ready().then(() => done(), done);
};

/** Protects a Fastify server, its WebSockets included: `await app.register(cuirass)`. Register it first. */
export const cuirass: FastifyPluginCallback<FastifyWafOptions> = Object.assign(plugin, {
  // What fastify-plugin does: hooks reach every route, not only those of this plugin's own scope.
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "cuirass",
});
