import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `chain`: the next rule belongs to this one; both must match. */
export const chain: ActionDefinition = {
  name: "chain",
  summary: "The next rule belongs to this one; both must match.",
  group: "flow",
  argument: "",
  example: "chain",
  compile: (value, draft) => {
    none(value);
    draft.chain = true;
  },
};
