import type { Waf } from "@cuirass/engine";
import { recommendedNames } from "@cuirass/rules";

const settings: ReadonlySet<string> = new Set(recommendedNames);

/** Rules but for those of the recommended settings, which judge broken bodies only. */
export function countRules(waf: Waf): number {
  return waf.context.ruleset.rules.filter(({ id, metadata }) => id !== 0 && !settings.has(metadata.file)).length;
}

/**
 * Nobody runs a WAF to have no rules: a mount that is gone or a file cut short looks like this.
 * @throws Error
 */
export function checkNotEmptied(before: number, after: number): void {
  if (after === 0 && before > 0) {
    throw new Error("the new configuration holds no rule at all; restart to run without rules");
  }
}
