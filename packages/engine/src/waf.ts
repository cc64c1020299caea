import type { Diagnostic } from "@cuirass/seclang";
import type { WafConfig } from "./config.ts";
import type { Clock, Host } from "./host.ts";
import type { WafContext } from "./evaluate/evaluation.ts";
import type { WafSettings } from "./settings.ts";
import { sanitisedBy } from "./audit/masking.ts";
import { compileConfiguration } from "./compile/compile.ts";
import { evaluatePhase } from "./evaluate/phase.ts";
import { CandidatePool } from "./evaluate/candidates.ts";
import { EntryMemo } from "./evaluate/entry-memo.ts";
import { HaystackMemo } from "./evaluate/haystack.ts";
import { WafConfigError, WafStateError } from "./errors.ts";
import { MemoryCollectionStore } from "./persistence/memory-store.ts";
import { Registry } from "./registry.ts";
import { Transaction } from "./transaction.ts";
import { isByteString } from "./text/bytes.ts";
import { createTransactionId } from "./transaction-id.ts";

/** A compiled rule set with its settings. Never changes; any number of transactions share it. */
export interface Waf {
  /** Top-level rules, markers not counted. */
  readonly ruleCount: number;
  readonly settings: Readonly<WafSettings>;
  /** Warnings of the configuration; errors do not get this far. */
  readonly diagnostics: readonly Diagnostic[];
  readonly context: WafContext;
  /** A new exchange. `id` is used as UNIQUE_ID when given and not blank. */
  newTransaction(options?: { readonly id?: string }): Transaction;
}

const defaultClock: Clock = { now: () => Date.now(), monotonic: () => Date.now() };

/**
 * Compiles a configuration once.
 *
 * @throws WafConfigError with every error found, each with file, line, excerpt and hint.
 */
export function createWaf(config: WafConfig): Waf {
  const steps = compileWaf(config);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * As {@link createWaf}, a step at a time: whoever drives it may do other work between two steps, which take milliseconds
 * each. For a host that compiles new rules while it serves traffic.
 */
export function* compileWaf(config: WafConfig): Generator<undefined, Waf, undefined> {
  const { directives } = config;
  const sources = Array.isArray(directives) ? (directives as readonly string[]) : [directives as string];
  const clock = config.host?.clock ?? defaultClock;
  const host: Host & { readonly clock: Clock } = {
    ...config.host,
    clock,
    collectionStore: config.host?.collectionStore ?? new MemoryCollectionStore({ clock }),
  };
  const registry = new Registry(config.plugins);
  const { ruleset, diagnostics } = yield* compileConfiguration(sources, {
    host,
    registry,
    auditWriters: ["serial", ...(config.plugins?.auditWriters ?? [])],
    overrides: (settings) => override(settings, config),
    onRule: config.onRule,
    shareWith: config.shareWith?.context.ruleset,
  });
  if (ruleset === undefined) throw new WafConfigError(diagnostics);

  const context: WafContext = {
    ruleset,
    memos: {
      request: new HaystackMemo(ruleset.prefilters.request),
      response: new HaystackMemo(ruleset.prefilters.response),
    },
    entries: { request: new EntryMemo(), response: new EntryMemo() },
    candidates: new CandidatePool(),
    host,
    faultPolicy: config.onFaultPolicy ?? "block",
    timeBudgetMs: config.timeBudgetMs ?? 1000,
    tracing: config.tracing ?? false,
    onRuleTime: config.onRuleTime,
    productName: config.productName ?? "Coraza",
    sanitised: sanitisedBy(config.masking),
    onMatchedRule: config.onMatchedRule,
    onFault: config.onFault,
    evaluatePhase,
    findBodyProcessor: (name) => registry.findBodyProcessor(name),
    findAuditFormat: (name) => registry.findAuditFormat(name),
  };
  return {
    ruleCount: ruleset.rules.filter((rule) => rule.kind !== "marker").length,
    settings: ruleset.settings,
    diagnostics,
    context,
    newTransaction: (options) => {
      const id = options?.id?.trim() ?? "";
      if (!isByteString(id))
        throw new WafStateError("WAF_STATE_NOT_BYTES", "the transaction id holds characters beyond U+00FF");
      return new Transaction(context, id === "" ? createTransactionId(host.random) : id);
    },
  };
}

function override(settings: WafSettings, config: WafConfig): void {
  if (config.ruleEngine !== undefined) settings.ruleEngine = config.ruleEngine;
  if (config.requestBodyAccess !== undefined) settings.requestBodyAccess = config.requestBodyAccess;
  if (config.requestBodyLimit !== undefined) settings.requestBodyLimit = config.requestBodyLimit;
  if (config.requestBodyInMemoryLimit !== undefined)
    settings.requestBodyInMemoryLimit = config.requestBodyInMemoryLimit;
  if (config.responseBodyAccess !== undefined) settings.responseBodyAccess = config.responseBodyAccess;
  if (config.responseBodyLimit !== undefined) settings.responseBodyLimit = config.responseBodyLimit;
  if (config.responseBodyMimeTypes !== undefined) {
    settings.responseBodyMimeTypes = config.responseBodyMimeTypes.map((type) => type.toLowerCase());
  }
}
