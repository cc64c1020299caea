/** Every diagnostic code of this package and what it is about. */
export const codes = {
  SECLANG_CONTINUATION_UNFINISHED: "A line ends in a backslash and nothing follows.",
  SECLANG_BACKTICK_OPEN: "A back-tick block is not closed.",
  SECLANG_CONTAINER: "Apache container lines are not part of SecLang.",
  SECLANG_ARGUMENT_MISSING: "A directive lacks an argument.",
  SECLANG_QUOTE_OPEN: "A double-quoted argument is not closed.",
  SECLANG_OPERATOR_UNQUOTED: "The operator of a SecRule must be in double quotes.",
  SECLANG_ACTIONS_UNQUOTED: "The actions of a SecRule must be in double quotes.",
  SECLANG_EXTRA_TEXT: "Text follows where a directive ends.",
  SECLANG_TARGET_EMPTY: "A target is empty.",
  SECLANG_TARGET_KEY_EMPTY: "A target ends in a colon.",
  SECLANG_TARGET_REGEX_OPEN: "A /regex/ key is not closed.",
  SECLANG_TARGET_QUOTE_OPEN: "A quoted key is not closed.",
  SECLANG_TARGET_UNEXPECTED: "Text follows a closed key.",
  SECLANG_OPERATOR_NAME_MISSING: "An @ without an operator name.",
  SECLANG_ACTION_EMPTY: "A comma without an action.",
  SECLANG_ACTION_QUOTE_OPEN: "A quote in an action list is not closed.",
  SECLANG_SELECTOR: "Not an id, a range, a text or a /regex/.",
} as const;

/** A code of this package. */
export type SeclangCode = keyof typeof codes;
