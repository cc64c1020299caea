import type { Waf } from "@cuirass/engine";

/** What a new rule set does differently. Ids in ascending order. */
export interface RuleChanges {
  readonly added: readonly number[];
  readonly removed: readonly number[];
  /** Rules of the same id with another text, other targets or other actions, exclusions applied. */
  readonly altered: readonly number[];
  /** Names of settings with another value, e.g. `ruleEngine`. */
  readonly settings: readonly string[];
}

/** A rule as the engine holds it. */
type Rule = Waf["context"]["ruleset"]["rules"][number];

/**
 * Compares two rule sets as they are in force, so that exclusions and updates count. What SecRuleUpdateActionById makes of
 * `setvar`, `ctl` and the like is not seen: compiled actions are functions.
 */
export function compareRules(before: Waf, after: Waf): RuleChanges {
  const old = fingerprints(before);
  const now = fingerprints(after);
  const ids = (list: Iterable<number>): number[] => [...list].sort((a, b) => a - b);
  const settings = after.settings as unknown as Record<string, unknown>;
  const oldSettings = before.settings as unknown as Record<string, unknown>;
  return {
    added: ids([...now.keys()].filter((id) => !old.has(id))),
    removed: ids([...old.keys()].filter((id) => !now.has(id))),
    altered: ids([...now].filter(([id, text]) => old.has(id) && old.get(id) !== text).map(([id]) => id)),
    settings: Object.keys(settings).filter((name) => plain(settings[name]) !== plain(oldSettings[name])),
  };
}

/** For people: `rules: 2 added (1, 2), 1 altered (7)`; `no rule changed`. */
export function describeChanges({ added, removed, altered, settings }: RuleChanges): string {
  const parts = [
    ...(added.length > 0 ? [listIds(added, "added")] : []),
    ...(removed.length > 0 ? [listIds(removed, "removed")] : []),
    ...(altered.length > 0 ? [listIds(altered, "altered")] : []),
  ];
  const rules = parts.length === 0 ? "no rule changed" : `rules: ${parts.join(", ")}`;
  return settings.length === 0 ? rules : `${rules}; settings changed: ${settings.join(", ")}`;
}

const NAMED_IDS = 5;

function listIds(ids: readonly number[], what: string): string {
  const more = ids.length > NAMED_IDS ? `, and ${ids.length - NAMED_IDS} more` : "";
  return `${ids.length} ${what} (${ids.slice(0, NAMED_IDS).join(", ")}${more})`;
}

function fingerprints(waf: Waf): Map<number, string> {
  const texts = new Map<number, string>();
  for (const rule of waf.context.ruleset.rules) if (rule.id !== 0) texts.set(rule.id, fingerprint(rule));
  return texts;
}

/** Text, and what exclusions and updates made of it. */
function fingerprint(starter: Rule): string {
  const links: unknown[] = [starter.metadata.raw];
  for (let rule: Rule | undefined = starter; rule !== undefined; rule = rule.next) {
    links.push(
      rule.phase,
      rule.targets.map(({ name, count, selector, exclusions }) => [name, count, plain(selector), plain(exclusions)]),
      [rule.log, rule.audit, rule.status, rule.message?.text, rule.logData?.text, rule.metadata.tags],
      [rule.metadata.severity, rule.disruptive?.kind, rule.pipeline.names, rule.operator?.argument],
    );
  }
  return plain(links);
}

/** As comparable text; maps as lists, patterns by their source. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Map ? [...inner] : sourceOf(inner))) ?? "";
}

/** Patterns hold automata that grow with traffic: only what they were made from counts. */
function sourceOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("test" in value)) return value;
  return (value as { readonly source?: string }).source;
}
