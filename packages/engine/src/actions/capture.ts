import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `capture`: stores what the operator found in TX:0 to TX:9. */
export const capture: ActionDefinition = {
  name: "capture",
  summary: "Stores what the operator found in TX:0 to TX:9.",
  group: "non-disruptive",
  argument: "",
  example: "capture",
  compile: (value, draft) => {
    none(value);
    draft.capture = true;
  },
};
