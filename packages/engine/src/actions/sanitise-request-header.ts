import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";

/** `sanitiseRequestHeader`: hides the value of a request header in audit entries of this transaction. */
export const sanitiseRequestHeader: ActionDefinition = {
  name: "sanitiseRequestHeader",
  aliases: ["sanitizeRequestHeader"],
  summary: "Hides the value of a request header in the audit log.",
  group: "non-disruptive",
  argument: "name",
  example: "sanitiseRequestHeader:Authorization",
  compile: (value) => {
    const name = required(value).toLowerCase();
    return { evaluate: (tx) => tx.control.sanitise("request-header", name) };
  },
};
