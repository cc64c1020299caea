import type { Waf } from "@cuirass/engine";
import type { ApplicationConfig } from "../config/agent-config.ts";

/** What the compiler noticed, and settings that are legal and seldom meant (source: spec spoe-known-problems, F). */
export function warningsOf(waf: Waf, config: ApplicationConfig): string[] {
  const warnings = waf.diagnostics.map(({ message, hint }) => (hint === undefined ? message : `${message}; ${hint}`));
  const { settings } = waf;
  if (waf.ruleCount === 0) warnings.push("nothing is inspected: there are no rules");
  if (settings.ruleEngine === "Off") warnings.push("nothing is inspected: SecRuleEngine is Off");
  if (settings.ruleEngine === "DetectionOnly") {
    warnings.push("rules only detect: SecRuleEngine is DetectionOnly after all directives");
  }
  if (!settings.requestBodyAccess) warnings.push("request bodies are not inspected: SecRequestBodyAccess is Off");
  if (config.responseCheck && !settings.responseBodyAccess) {
    warnings.push("response bodies are not inspected: SecResponseBodyAccess is Off");
  }
  if (rulesMention(waf, /\bredirect:/i)) {
    warnings.push(
      "rules redirect: HAProxy needs `http-request redirect code 302 location %[var(txn.coraza.data)] if { var(txn.coraza.action) -m str redirect }`",
    );
  }
  return warnings;
}

function rulesMention(waf: Waf, what: RegExp): boolean {
  return waf.context.ruleset.rules.some(({ metadata }) => what.test(metadata.raw));
}
