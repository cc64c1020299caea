import type { ActionDefinition } from "../action.ts";
import { ActionArgumentError } from "../action.ts";

/** `sanitiseMatchedBytes`: hides the whole matched value; the parts that ModSecurity leaves readable are hidden too. */
export const sanitiseMatchedBytes: ActionDefinition = {
  name: "sanitiseMatchedBytes",
  aliases: ["sanitizeMatchedBytes"],
  summary: "Hides the value that the rule matched in the audit log, as a whole.",
  group: "non-disruptive",
  argument: "nothing, or N/M",
  example: "sanitiseMatchedBytes",
  compile: (value, _draft, { warn }) => {
    if (value !== undefined && value !== "" && !/^\d{1,9}\/\d{1,9}$/.test(value)) {
      throw new ActionArgumentError(`"${value}" is not N/M`, "as in sanitiseMatchedBytes:1/4");
    }
    if (value !== undefined && value !== "") warn("the value is hidden as a whole", "leave the numbers out");
    return { evaluate: (tx) => tx.control.sanitise("matched", tx.variables.matchedVarName.value) };
  },
};
