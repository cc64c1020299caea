import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";

/** `logdata`: details for the log; macros are expanded when the rule matches. */
export const logdata: ActionDefinition = {
  name: "logdata",
  summary: "Details for the log; macros are expanded when the rule matches.",
  group: "non-disruptive",
  argument: "macro text",
  example: "logdata:'%{MATCHED_VAR}'",
  compile: (value, draft, { macro }) => {
    draft.logData = macro(required(value));
  },
};
