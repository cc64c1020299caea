import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `multiMatch`: tests the value before and after every transformation that changes it. */
export const multiMatch: ActionDefinition = {
  name: "multiMatch",
  summary: "Tests the value before and after every transformation that changes it.",
  group: "non-disruptive",
  argument: "",
  example: "multiMatch",
  compile: (value, draft) => {
    none(value);
    draft.multiMatch = true;
  },
};
