import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `pass`: goes on with the next rule. */
export const pass: ActionDefinition = {
  name: "pass",
  summary: "Goes on with the next rule.",
  group: "disruptive",
  argument: "",
  example: "pass",
  compile: (value, draft) => {
    none(value);
    draft.disruptive = { kind: "pass" };
  },
};
