/** Every code of this package and what it is about. Codes are stable; messages are not. */
export const codes = {
  LINT_ACTION_OVERRIDDEN: "An action stands twice in a rule and only the last one counts.",
  LINT_ACTION_WITHOUT_EFFECT: "An action cannot do anything in the rule that has it.",
  LINT_BODY_NOT_READ: "A rule looks at a body, and the configuration says that such bodies are not read.",
  LINT_CAPTURE_MISSING: "A chained rule reads what an earlier rule of the chain captured, and none captures.",
  LINT_CHAIN_ACTION: "An action of a chained rule belongs to the first rule of the chain and is ignored here.",
  LINT_CHAIN_BROKEN: "A chain is cut off by a marker or by the end of the configuration.",
  LINT_CHAIN_NEVER_MATCHES:
    "Two rules of a chain contradict each other, or one can never match, so that the chain cannot either.",
  LINT_COLLECTION_NOT_OPENED: "A collection that lasts is used, and no initcol, setsid, setuid or setrsc opens it.",
  LINT_ENGINE_OFF: "SecRuleEngine is Off: no rule runs.",
  LINT_EXCLUSION_TOO_LATE: "An exclusion at run time is made after the rule it names has run.",
  LINT_EXCLUSION_WITHOUT_RULE: "An exclusion names an id, tag or msg that no rule has.",
  LINT_EXCLUSION_WITHOUT_TARGET: "An exclusion takes a target away that the rule does not look at.",
  LINT_MARKER_BEHIND: "skipAfter names a marker that stands in front of the rule.",
  LINT_MARKER_MISSING: "skipAfter names a marker that does not exist.",
  LINT_MARKER_SHADOWED: "Two markers have the same name; the later one is never jumped to.",
  LINT_NUMBER: "A comparison of numbers is given a text that is no number.",
  LINT_PATTERN_MATCHES_ALL: "A regular expression occurs in every text.",
  LINT_PATTERN_NOT_LINEAR: "A regular expression cannot be matched in linear time and is refused.",
  LINT_REPEATED: "A target or transformation stands twice and does nothing the second time.",
  LINT_RULE_ALWAYS_MATCHES: "A condition holds for every value.",
  LINT_RULE_NEVER_MATCHES: "A rule can never match.",
  LINT_RULE_UNREACHABLE: "A rule is never evaluated because of an unconditional rule in front of it.",
  LINT_SETTING_OVERRIDDEN: "A directive has no effect because the same file sets it again.",
  LINT_TRANSFORMATION_NONE_MISSING: "A rule has transformations and does not begin them with t:none.",
  LINT_TRANSFORMATIONS_DISCARDED: "t:none takes back the transformations in front of it.",
  LINT_TX_NEVER_SET: "A rule reads a TX variable that nothing sets.",
  LINT_VARIABLE_TOO_EARLY: "A rule looks at a variable that has no value yet in its phase.",
} as const;

/** A code of this package. */
export type LintCode = keyof typeof codes;
