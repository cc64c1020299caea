import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";

/** `rev`: revision of the rule. */
export const rev: ActionDefinition = {
  name: "rev",
  summary: "Revision of the rule.",
  group: "metadata",
  argument: "text",
  example: "rev:2",
  compile: (value, draft) => {
    draft.revision = required(value);
  },
};
