import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `nolog`: no line in the error log and none in the audit log. */
export const nolog: ActionDefinition = {
  name: "nolog",
  summary: "No line in the error log and none in the audit log.",
  group: "non-disruptive",
  argument: "",
  example: "nolog",
  compile: (value, draft) => {
    none(value);
    draft.log = false;
    draft.audit = false;
  },
};
