import type { ActionDefinition } from "../action.ts";
import { integer, warnOnChild } from "./argument.ts";

/** `skip`: passes over the next rules of the phase. */
export const skip: ActionDefinition = {
  name: "skip",
  summary: "Skips the next N rules of the phase; a chain counts as one, a marker too.",
  group: "flow",
  argument: "integer above 0",
  example: "skip:2",
  compile: (value, draft, context) => {
    const count = integer(value, 1, 1_000_000);
    warnOnChild("skip", draft, context);
    return {
      evaluate: (tx) => {
        tx.control.skip = count;
      },
    };
  },
};
