import type { EngineFault } from "./fault.ts";

/** Every code of this package's diagnostics and errors, and what it is about. Codes are stable; messages are not. */
export const codes = {
  WAF_CONFIG_INVALID: "The configuration has errors and is not used; `diagnostics` of the error holds all of them.",
  WAF_CONFIG_SETTINGS: "Two directives contradict each other.",
  WAF_CONFIG_DIRECTIVE: "A directive is accepted and does less than its name says.",
  WAF_CONFIG_DIRECTIVE_UNKNOWN: "A directive does not exist.",
  WAF_CONFIG_DIRECTIVE_ARGUMENT: "The argument of a directive cannot be used, or the directive is refused.",
  WAF_CONFIG_DEFAULT_ACTION:
    "A SecDefaultAction lacks its phase or disruptive action, or holds an action that has no place there.",
  WAF_CONFIG_DEFAULT_ACTION_REPEATED: "A phase has two SecDefaultActions.",
  WAF_CONFIG_DATASET_REPLACED: "A dataset takes the place of an earlier one of the same name.",
  WAF_CONFIG_NO_FILE_SYSTEM: "A file is named, and the host has no files.",
  WAF_CONFIG_FILE_MISSING: "An included file does not exist.",
  WAF_CONFIG_FILE_UNREADABLE: "An included file cannot be read.",
  WAF_CONFIG_INCLUDE_EMPTY: "No file matches the glob of an Include.",
  WAF_CONFIG_INCLUDE_DEPTH: "Files include each other too deeply, most likely in a circle.",
  WAF_CONFIG_INCLUDE_COUNT: "Too many files are included.",
  WAF_CONFIG_RULE_ID_MISSING: "A rule has no id.",
  WAF_CONFIG_RULE_ID_DUPLICATE: "Two rules have the same id.",
  WAF_CONFIG_CHAIN_OPEN: "A chain ends without its next rule.",
  WAF_CONFIG_CHAIN_DISRUPTIVE: "A chained rule has a disruptive action.",
  WAF_CONFIG_CHAIN_OFFSET: "An exclusion names a link that the chain does not have.",
  WAF_CONFIG_VARIABLE_UNKNOWN: "A variable does not exist.",
  WAF_CONFIG_VARIABLE_KEY: "A variable that is a single value has a key.",
  WAF_CONFIG_SELECTOR: "The key of a target cannot be used.",
  WAF_CONFIG_XPATH: "The path of an XML target is outside the supported subset.",
  WAF_CONFIG_OPERATOR: "An operator is accepted, and something about its argument looks like a mistake.",
  WAF_CONFIG_OPERATOR_UNKNOWN: "An operator does not exist.",
  WAF_CONFIG_OPERATOR_UNSUPPORTED: "An operator of ModSecurity is refused; the hint says what to do instead.",
  WAF_CONFIG_OPERATOR_ARGUMENT: "The argument of an operator cannot be used.",
  WAF_CONFIG_TRANSFORMATION_UNKNOWN: "A transformation does not exist.",
  WAF_CONFIG_ACTION: "An action is accepted, and something about it looks like a mistake.",
  WAF_CONFIG_ACTION_UNKNOWN: "An action does not exist.",
  WAF_CONFIG_ACTION_UNSUPPORTED: "An action of ModSecurity is refused; the hint says what to do instead.",
  WAF_CONFIG_ACTION_ARGUMENT: "The value of an action cannot be used.",
  WAF_CONFIG_PATTERN: "The regular expression of an exclusion cannot be used.",
  WAF_CONFIG_EXCLUSION_WITHOUT_RULE: "An exclusion names an id, tag or msg that no rule has.",
  WAF_CONFIG_UPDATE_ACTION: "SecRuleUpdateActionById names an action that cannot be changed.",
  WAF_STATE_CLOSED: "A method of a transaction was called after `close`.",
  WAF_STATE_NOT_BYTES: "A text with characters beyond U+00FF was given where bytes are expected.",
} as const;

/** A code of this package. */
export type EngineCode = keyof typeof codes;

/** What an EngineFault of each kind is about. */
export const faultKinds: Readonly<Record<EngineFault["kind"], string>> = {
  port: "A port of the host failed: a store, a resolver, a program, storage.",
  "time-budget": "The rules of a transaction took longer than `timeBudgetMs`.",
  rule: "A rule could not be evaluated to its end.",
  "body-processor": "A body processor failed.",
  audit: "An audit entry could not be written.",
};
