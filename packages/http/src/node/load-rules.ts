import type { FaultPolicy, FileSystem, Host, Waf, WafConfig } from "@cuirass/engine";
import { compileWaf, createWaf } from "@cuirass/engine";
import type { FileSnapshot, RuleSet } from "@cuirass/node";
import {
  createNodeHost,
  inSlices,
  locateRuleSet,
  openSnapshot,
  recordSnapshot,
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
  "masking",
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

/** Rules as they were read, for threads that are to have the very same ones. Plain data. */
export interface RulesSnapshot {
  readonly ruleSet: RuleSet;
  readonly files: FileSnapshot;
}

/** Compiled rules, and what they were read from. */
export interface LoadedRules {
  readonly waf: Waf;
  readonly snapshot: RulesSnapshot;
}

/**
 * Finds and compiles rules, and warms them up: the first requests are answered as fast as the later ones.
 * @throws Error with everything that is wrong with them.
 */
export function loadRules(spec: RuleSpec, host: Partial<Host> = {}): Waf {
  const ruleSet = locateRuleSet({ rules: spec.rules });
  return compileNow(configure(spec, ruleSet, ruleSetFileSystem(ruleSet), host));
}

/** As {@link loadRules}; other work goes on meanwhile. `before` lends what it has compiled already. */
export async function reloadRules(spec: RuleSpec, host: Partial<Host>, before: Waf): Promise<Waf> {
  const ruleSet = locateRuleSet({ rules: spec.rules });
  const config = configure(spec, ruleSet, ruleSetFileSystem(ruleSet), host);
  const waf = await inSlices(compileWaf({ ...config, shareWith: before }));
  await inSlices(warmUp(waf));
  return waf;
}

/** As {@link loadRules}, from the files as they are or, with a snapshot, as they were then. */
export function loadSnapshot(spec: RuleSpec, host: Partial<Host>, snapshot: RulesSnapshot | undefined): LoadedRules {
  if (snapshot !== undefined) {
    const { ruleSet, files } = snapshot;
    return { waf: compileNow(configure(spec, ruleSet, openSnapshot(files), host)), snapshot };
  }
  const ruleSet = locateRuleSet({ rules: spec.rules });
  const recorder = recordSnapshot(ruleSetFileSystem(ruleSet));
  const waf = compileNow(configure(spec, ruleSet, recorder.files, host));
  return { waf, snapshot: { ruleSet, files: recorder.snapshot } };
}

function compileNow(config: WafConfig): Waf {
  const waf = createWaf(config);
  for (const _round of warmUp(waf));
  return waf;
}

function configure(spec: RuleSpec, ruleSet: RuleSet, fileSystem: FileSystem, host: Partial<Host>): WafConfig {
  const before = spec.settings ?? "";
  const limit = spec.overLimit === "partial" ? "SecRequestBodyLimitAction ProcessPartial\n" : "";
  return {
    directives: ruleSetSources(ruleSet, {
      mode: spec.mode ?? "block",
      paranoiaLevel: spec.paranoiaLevel,
      before: `${limit}${before}`,
      after: spec.exclusions,
    }),
    host: createNodeHost({ fileSystem, ...host }),
    plugins: { auditWriters: supportedAuditWriters },
    ...(spec.requestBodyLimit === undefined ? {} : requestLimits(spec.requestBodyLimit)),
    ...(spec.responseBodyLimit === undefined ? {} : { responseBodyLimit: spec.responseBodyLimit }),
    ...(spec.onFault === undefined ? {} : { onFaultPolicy: spec.onFault }),
    ...(spec.masking === undefined ? {} : { masking: spec.masking }),
  };
}

/** The recommended settings keep 128 KiB in memory, which must not be more than the limit. */
function requestLimits(requestBodyLimit: number): { requestBodyLimit: number; requestBodyInMemoryLimit?: number } {
  return requestBodyLimit < 131_072
    ? { requestBodyLimit, requestBodyInMemoryLimit: requestBodyLimit }
    : { requestBodyLimit };
}
