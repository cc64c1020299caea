import type { FaultPolicy, Host, Waf } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import {
  createNodeHost,
  locateRuleSet,
  ruleSetFileSystem,
  ruleSetSources,
  supportedAuditWriters,
  warmUp,
} from "@cuirass/node";
import type { RuleOptions } from "./options.ts";

/** Rule options without what cannot be sent to another thread, and what a fault of the engine leads to. */
export type RuleSpec = Omit<RuleOptions, "waf"> & { readonly onFault?: FaultPolicy };

const names = [
  "rules",
  "mode",
  "paranoiaLevel",
  "settings",
  "exclusions",
  "requestBodyLimit",
  "responseBodyLimit",
  "overLimit",
] as const satisfies readonly (keyof RuleSpec)[];

/** The part of the options that says which rules run and how. */
export function ruleSpec(options: RuleOptions): RuleSpec {
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}

/** Refuses options that a ready-made WAF would silently ignore. */
export function checkOwnWaf(options: RuleOptions): void {
  const given = Object.keys(ruleSpec(options));
  if (options.waf !== undefined && given.length > 0) {
    throw new Error(`with "waf" the rules are settled already: ${given.join(", ")} would have no effect`);
  }
}

/** Finds and compiles rules, and warms them up: the first requests are answered as fast as the later ones. */
export function loadRules(spec: RuleSpec, host: Partial<Host> = {}): Waf {
  const ruleSet = locateRuleSet({ rules: spec.rules });
  const before = spec.settings ?? "";
  const limit = spec.overLimit === "partial" ? "SecRequestBodyLimitAction ProcessPartial\n" : "";
  const waf = createWaf({
    directives: ruleSetSources(ruleSet, {
      mode: spec.mode ?? "block",
      paranoiaLevel: spec.paranoiaLevel,
      before: `${limit}${before}`,
      after: spec.exclusions,
    }),
    host: createNodeHost({ fileSystem: ruleSetFileSystem(ruleSet), ...host }),
    plugins: { auditWriters: supportedAuditWriters },
    ...(spec.requestBodyLimit === undefined ? {} : requestLimits(spec.requestBodyLimit)),
    ...(spec.responseBodyLimit === undefined ? {} : { responseBodyLimit: spec.responseBodyLimit }),
    ...(spec.onFault === undefined ? {} : { onFaultPolicy: spec.onFault }),
  });
  for (const _round of warmUp(waf));
  return waf;
}

/** The recommended settings keep 128 KiB in memory, which must not be more than the limit. */
function requestLimits(requestBodyLimit: number): { requestBodyLimit: number; requestBodyInMemoryLimit?: number } {
  return requestBodyLimit < 131_072
    ? { requestBodyLimit, requestBodyInMemoryLimit: requestBodyLimit }
    : { requestBodyLimit };
}
