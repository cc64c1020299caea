import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";

/** `sanitiseResponseHeader`: hides the value of a response header in audit entries of this transaction. */
export const sanitiseResponseHeader: ActionDefinition = {
  name: "sanitiseResponseHeader",
  aliases: ["sanitizeResponseHeader"],
  summary: "Hides the value of a response header in the audit log.",
  group: "non-disruptive",
  argument: "name",
  example: "sanitiseResponseHeader:Set-Cookie",
  compile: (value) => {
    const name = required(value).toLowerCase();
    return { evaluate: (tx) => tx.control.sanitise("response-header", name) };
  },
};
