import type { FileSystem, MatchedRule, Waf, WafConfig } from "@cuirass/engine";
import { createWaf, Transaction } from "@cuirass/engine";
import type { RuleSet, RuleSetOptions } from "@cuirass/node";
import { createNodeHost, ruleSetFileSystem, ruleSetSources, supportedAuditWriters } from "@cuirass/node";

/** Compiles a rule set of this machine on the Node host. */
export function loadWaf(ruleSet: RuleSet, options: RuleSetOptions, more: Partial<WafConfig> = {}): Waf {
  return createWaf(wafConfig(ruleSet, options, more));
}

/** What {@link loadWaf} compiles; files are read through `files`. */
export function wafConfig(
  ruleSet: RuleSet,
  options: RuleSetOptions,
  more: Partial<WafConfig> = {},
  files?: FileSystem,
): WafConfig {
  return {
    ...more,
    directives: ruleSetSources(ruleSet, options),
    host: createNodeHost({ fileSystem: ruleSetFileSystem(ruleSet, files), ...more.host }),
    plugins: { ...more.plugins, auditWriters: supportedAuditWriters },
  };
}

/** Paranoia level that a WAF runs at, as its rules set it; undefined when they set none. */
function paranoiaLevelOf(waf: Waf): string | undefined {
  // Not a request of anybody: nothing of it is to be logged.
  const tx = new Transaction({ ...waf.context, onMatchedRule: undefined, onFault: undefined }, "start-up");
  void tx.processRequest({ method: "GET", uri: "/", headers: [["Host", "localhost"]] });
  const level = tx.collection("TX")?.first("blocking_paranoia_level") ?? tx.collection("TX")?.first("paranoia_level");
  tx.close();
  return level;
}

/** The start-up line: which rules, how many, how strict, which mode. */
export function describeWaf(waf: Waf, ruleSet: RuleSet, loadMs: number): string {
  const level = paranoiaLevelOf(waf);
  const mode =
    waf.settings.ruleEngine === "On" ? "blocking" : waf.settings.ruleEngine === "Off" ? "off" : "detecting only";
  const parts = [`${ruleSet.title} (${ruleSet.foundBy})`, `${waf.ruleCount} rules`];
  if (level !== undefined) parts.push(`paranoia level ${level}`);
  return `${parts.join(", ")}, ${mode}, loaded in ${Math.round(loadMs)} ms`;
}

/** Collects the rules that logged. */
export function collectMatches(): {
  readonly log: MatchedRule[];
  readonly onMatchedRule: (matched: MatchedRule) => void;
} {
  const log: MatchedRule[] = [];
  return { log, onMatchedRule: (matched) => log.push(matched) };
}
