import type { ActionDefinition } from "../action.ts";
import { toLowerAscii } from "../text/ascii.ts";
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
    const name = toLowerAscii(required(value));
    return { evaluate: (tx) => tx.control.sanitise("arg", name) };
  },
};
