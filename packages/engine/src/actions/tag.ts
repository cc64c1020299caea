import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";

/** `tag`: a label of the rule; may be given several times. Macros are expanded when the rule is reported. */
export const tag: ActionDefinition = {
  name: "tag",
  summary: "A label of the rule; may be given several times. Macros are expanded when the rule is reported.",
  group: "metadata",
  argument: "text",
  example: "tag:'attack-sqli'",
  compile: (value, draft) => {
    draft.tags.push(required(value));
  },
};
