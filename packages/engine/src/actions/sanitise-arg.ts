import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";

/** `sanitiseArg`: hides the value of an argument in audit entries of this transaction. */
export const sanitiseArg: ActionDefinition = {
  name: "sanitiseArg",
  aliases: ["sanitizeArg"],
  summary: "Hides the value of an argument in the audit log.",
  group: "non-disruptive",
  argument: "name",
  example: "sanitiseArg:password",
  compile: (value) => {
    const name = required(value).toLowerCase();
    return { evaluate: (tx) => tx.control.sanitise("arg", name) };
  },
};
