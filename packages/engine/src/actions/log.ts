import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `log`: writes a line to the error log and counts for the audit log. */
export const log: ActionDefinition = {
  name: "log",
  summary: "Writes a line to the error log and counts for the audit log.",
  group: "non-disruptive",
  argument: "",
  example: "log",
  compile: (value, draft) => {
    none(value);
    draft.log = true;
    draft.audit = true;
  },
};
