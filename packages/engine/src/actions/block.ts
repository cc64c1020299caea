import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `block`: takes the disruptive action of the phase's SecDefaultAction. */
export const block: ActionDefinition = {
  name: "block",
  summary: "Takes the disruptive action of the phase's SecDefaultAction.",
  group: "disruptive",
  argument: "",
  example: "block",
  compile: (value, draft) => {
    none(value);
    draft.disruptive = { kind: "block" };
  },
};
