import type { ActionDefinition } from "../action.ts";
import { required, warnOnChild } from "./argument.ts";

/** `skipAfter`: passes over everything up to a marker. */
export const skipAfter: ActionDefinition = {
  name: "skipAfter",
  summary: "Skips all rules of the phase up to a SecMarker.",
  group: "flow",
  argument: "label of a marker",
  example: "skipAfter:END-HOST-CHECK",
  compile: (value, draft, context) => {
    const label = required(value);
    warnOnChild("skipAfter", draft, context);
    draft.skipAfter = label;
    return {
      evaluate: (tx) => {
        tx.control.skipAfter = label;
      },
    };
  },
};
