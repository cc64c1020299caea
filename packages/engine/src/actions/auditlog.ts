import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `auditlog`: counts for the audit log. */
export const auditlog: ActionDefinition = {
  name: "auditlog",
  summary: "Counts for the audit log.",
  group: "non-disruptive",
  argument: "",
  example: "auditlog",
  compile: (value, draft) => {
    none(value);
    draft.audit = true;
  },
};
