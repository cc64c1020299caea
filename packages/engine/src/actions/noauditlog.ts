import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `noauditlog`: does not count for the audit log. */
export const noauditlog: ActionDefinition = {
  name: "noauditlog",
  summary: "Does not count for the audit log.",
  group: "non-disruptive",
  argument: "",
  example: "noauditlog",
  compile: (value, draft) => {
    none(value);
    draft.audit = false;
  },
};
