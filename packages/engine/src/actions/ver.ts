import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";

/** `ver`: version of the rule set that the rule belongs to. */
export const ver: ActionDefinition = {
  name: "ver",
  summary: "Version of the rule set that the rule belongs to.",
  group: "metadata",
  argument: "text",
  example: "ver:'OWASP_CRS/4.28.0'",
  compile: (value, draft) => {
    draft.version = required(value);
  },
};
