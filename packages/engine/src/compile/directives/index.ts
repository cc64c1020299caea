import type { DirectiveDefinition } from "./directive.ts";
import { bodyDirectives } from "./bodies.ts";
import { dataDirectives } from "./data.ts";
import { loggingDirectives } from "./logging.ts";
import { ruleEngineDirectives } from "./rule-engine.ts";
import { directivesWithoutEffect } from "./without-effect.ts";

/** Every directive with a plain argument, in the order of the reference. */
export const directives: readonly DirectiveDefinition[] = [
  ...ruleEngineDirectives,
  ...bodyDirectives,
  ...loggingDirectives,
  ...dataDirectives,
  ...directivesWithoutEffect,
];

/** Directives with a grammar of their own, for the reference and for spelling hints. */
export const grammarDirectives: readonly { readonly name: string; readonly summary: string }[] = [
  { name: "Include", summary: "Reads a file, or all files that match a glob, in place." },
  { name: "IncludeOptional", summary: "As Include; nothing there is no error." },
  { name: "SecRule", summary: "A rule: targets, operator, actions." },
  { name: "SecAction", summary: "A rule without targets that always matches." },
  { name: "SecDefaultAction", summary: "Actions that later rules of a phase start from." },
  { name: "SecMarker", summary: "A place that skipAfter can name." },
  { name: "SecDataset", summary: "A named list for @pmFromDataset and @ipMatchFromDataset." },
  { name: "SecIgnoreRuleCompilationErrors", summary: "Drops later rules that do not compile, with a warning each." },
  { name: "SecRuleRemoveById", summary: "Removes rules by id or range." },
  { name: "SecRuleRemoveByTag", summary: "Removes rules by tag, or by /regex/ on tags." },
  { name: "SecRuleRemoveByMsg", summary: "Removes rules by msg, or by /regex/ on msgs." },
  { name: "SecRuleUpdateTargetById", summary: "Adds targets to rules or excludes some, by id or range." },
  { name: "SecRuleUpdateTargetByTag", summary: "Adds targets to rules or excludes some, by tag." },
  { name: "SecRuleUpdateTargetByMsg", summary: "Adds targets to rules or excludes some, by msg." },
  { name: "SecRuleUpdateActionById", summary: "Changes actions of rules, by id or range." },
];

const byName = new Map(directives.map((definition) => [definition.name.toLowerCase(), definition]));

/** A directive by its name in any case. */
export function findDirective(name: string): DirectiveDefinition | undefined {
  return byName.get(name.toLowerCase());
}
