import type { Waf, WafConfig } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import type { RuleSetOptions } from "@cuirass/node";
import { createNodeHost, locateRuleSet, ruleSetFileSystem, ruleSetSources, supportedAuditWriters } from "@cuirass/node";

/** Which rules, as plain data: every thread compiles its own. */
export interface RuleSetSpec extends RuleSetOptions {
  /** A CRS folder, a .conf file or a glob; what is found on this machine by default. */
  readonly rules?: string | undefined;
}

/**
 * Compiles rules to try recorded traffic on. Nothing leaves the process: audit entries are not written, and collections
 * that last are kept in memory.
 * @throws WafConfigError, or Error when the rules asked for are not there.
 */
export function openRuleSet(spec: RuleSetSpec, more: Partial<WafConfig> = {}): Waf {
  const ruleSet = locateRuleSet({ rules: spec.rules });
  return createWaf({
    // A slow machine is no reason for another verdict.
    timeBudgetMs: Infinity,
    ...more,
    directives: ruleSetSources(ruleSet, spec),
    host: createNodeHost({ fileSystem: ruleSetFileSystem(ruleSet), auditSink: { write: () => undefined } }),
    plugins: { auditWriters: supportedAuditWriters },
  });
}
