import type { RuleSetHandle } from "./inspection.ts";
import type { Decompressor, PolicyOptions } from "./policy.ts";
import { reportError } from "./policy.ts";
import { Exchange } from "./handler.ts";
import type { PathPattern } from "./route.ts";
import { checkPattern, matchesPath, readPath } from "./route.ts";
import type { RequestHead } from "./shapes.ts";

/** Rules for some paths. */
export interface Route<R> {
  /** Exact, or everything below one with `/*`. Case does not count, as in most routers. */
  readonly path: PathPattern;
  /** Only these methods; all when absent. */
  readonly methods?: readonly string[] | undefined;
  readonly rules: R;
}

/** What became of reading the rules anew. */
export interface RulesReload {
  readonly ok: boolean;
  /** For people: what changed, or every error with file, line and excerpt. */
  readonly message: string;
  /** Rules in force now. */
  readonly ruleCount: number;
  readonly seconds: number;
}

/** What has to be waited for, renewed and ended. */
export interface Lifetime {
  readonly ready?: Promise<void>;
  readonly reload?: () => Promise<RulesReload>;
  readonly close?: () => Promise<void>;
}

/** Everything that exchanges of one adapter share. */
export class HttpWaf {
  readonly #ruleSet: RuleSetHandle;
  readonly #routes: readonly Route<RuleSetHandle>[];
  readonly #policy: PolicyOptions;
  readonly #decompressor: Decompressor;
  readonly #lifetime: Lifetime;

  constructor(
    ruleSet: RuleSetHandle,
    routes: readonly Route<RuleSetHandle>[],
    policy: PolicyOptions,
    decompressor: Decompressor,
    lifetime: Lifetime = {},
  ) {
    for (const route of routes) checkPattern(route.path);
    if (Array.isArray(policy.skip)) for (const pattern of policy.skip as readonly string[]) checkPattern(pattern);
    this.#ruleSet = ruleSet;
    this.#routes = routes;
    this.#policy = policy;
    this.#decompressor = decompressor;
    this.#lifetime = lifetime;
  }

  /**
   * Begins an exchange; undefined when this request is not to be inspected. The first route that fits decides. Never throws:
   * a request about which `skip` or `clientAddress` throw is inspected, with the connection's own address.
   */
  begin(request: RequestHead): Exchange | undefined {
    const { skip, clientAddress } = this.#policy;
    if (skip !== undefined && this.#attempt(() => isSkipped(skip, request)) === true) return undefined;
    let ruleSet = this.#ruleSet;
    if (this.#routes.length > 0) {
      const path = readPath(request.target);
      const route = this.#routes.find(
        ({ path: pattern, methods }) =>
          (methods === undefined || methods.includes(request.method)) && matchesPath(pattern, path, true),
      );
      if (route !== undefined) ruleSet = route.rules;
    }
    const address = clientAddress === undefined ? undefined : this.#attempt(() => clientAddress(request));
    const head = address === undefined ? request : { ...request, client: { address, port: request.client.port } };
    return new Exchange(head, ruleSet, this.#policy, this.#decompressor);
  }

  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      reportError(this.#policy, error);
      return undefined;
    }
  }

  /**
   * Reads and compiles the rules anew, beside those in force, which serve meanwhile. New ones come into force whole, for
   * exchanges that begin then; when anything is wrong with them the old ones stay. Never rejects. Rules of an application's own
   * `waf` are not ours to reload.
   */
  async reload(): Promise<RulesReload> {
    const own = { ok: false, message: "these rules were compiled by the application", ruleCount: 0, seconds: 0 };
    return (await this.#lifetime.reload?.()) ?? own;
  }

  /** Ends worker threads; exchanges that still run end in the fault policy. */
  async close(): Promise<void> {
    await this.#lifetime.close?.();
  }

  /** Resolves once rules are loaded, which takes worker threads a moment; rejects when they cannot be. */
  async ready(): Promise<void> {
    await this.#lifetime.ready;
  }
}

function isSkipped(skip: NonNullable<PolicyOptions["skip"]>, request: RequestHead): boolean {
  if (typeof skip === "function") return skip(request);
  const path = readPath(request.target);
  return skip.some((pattern) => matchesPath(pattern, path, false));
}
