import type { ActionDefinition } from "../action.ts";
import { integer } from "./argument.ts";

/** `accuracy`: how accurate the rule is, for people. */
export const accuracy: ActionDefinition = {
  name: "accuracy",
  summary: "How accurate the rule is, for people.",
  group: "metadata",
  argument: "1 to 9",
  example: "accuracy:8",
  compile: (value, draft) => {
    draft.accuracy = integer(value, 1, 9);
  },
};
