/** Every diagnostic code of this package and what it is about. Codes are stable; messages are not. */
export const codes = {
  SECLANG_CONTINUATION_UNFINISHED: "A line ends in a backslash and no line follows.",
  SECLANG_BACKTICK_OPEN: "A back-tick block is not closed.",
  SECLANG_BLOCK_UNEXPECTED: "A directive that takes no back-tick block has one.",
  SECLANG_DATASET_BLOCK_MISSING: "A SecDataset has no back-tick block.",
  SECLANG_CONTAINER: "Apache container lines are not part of SecLang.",
  SECLANG_ARGUMENT_MISSING: "A directive lacks an argument.",
  SECLANG_QUOTE_OPEN: "A double-quoted argument is not closed.",
  SECLANG_EXTRA_TEXT: "Text follows where a directive ends.",
  SECLANG_TARGETS_QUOTED: "The targets of a SecRule are in quotes.",
  SECLANG_TARGET_EMPTY: "A target is empty.",
  SECLANG_TARGET_KEY_EMPTY: "A target has a colon and no key.",
  SECLANG_TARGET_REGEX_OPEN: "A /regex/ key is not closed.",
  SECLANG_TARGET_QUOTE_OPEN: "A quoted key is not closed.",
  SECLANG_TARGET_UNEXPECTED: "Text follows a closed key.",
  SECLANG_TARGET_COMMA: "Targets are joined by a comma instead of a bar.",
  SECLANG_OPERATOR_UNQUOTED: "The operator of a SecRule is not in double quotes.",
  SECLANG_OPERATOR_NAME_MISSING: "An @ has no operator name.",
  SECLANG_OPERATOR_AS_PATTERN: "A blank in front of @ makes an operator part of a regular expression.",
  SECLANG_ACTIONS_UNQUOTED: "The actions of a SecRule are not in double quotes.",
  SECLANG_ACTION_EMPTY: "A comma or colon has no action.",
  SECLANG_ACTION_QUOTE_OPEN: "A quote in an action list is not closed.",
  SECLANG_SELECTOR: "A text is neither an id nor a range of ids.",
} as const;

/** A code of this package. */
export type SeclangCode = keyof typeof codes;
