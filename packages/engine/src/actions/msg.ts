import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";

/** `msg`: message of the rule; macros are expanded when it matches. */
export const msg: ActionDefinition = {
  name: "msg",
  summary: "Message of the rule; macros are expanded when it matches.",
  group: "metadata",
  argument: "macro text",
  example: "msg:'Attack in %{MATCHED_VAR_NAME}'",
  compile: (value, draft, { macro }) => {
    draft.message = macro(required(value));
  },
};
