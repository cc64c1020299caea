import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `sanitiseMatched`: hides what the rule matched in audit entries of this transaction. */
export const sanitiseMatched: ActionDefinition = {
  name: "sanitiseMatched",
  aliases: ["sanitizeMatched"],
  summary: "Hides the argument or header that the rule matched in the audit log.",
  group: "non-disruptive",
  argument: "",
  example: "sanitiseMatched",
  compile: (value) => {
    none(value);
    return { evaluate: (tx) => tx.control.sanitise("matched", tx.variables.matchedVarName.value) };
  },
};
