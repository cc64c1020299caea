import type { ActionDefinition } from "../action.ts";
import { ActionArgumentError } from "../action.ts";
import { parseSeverity, severityNames } from "../severity.ts";
import { required } from "./argument.ts";

/** `severity`: how bad a match is. */
export const severity: ActionDefinition = {
  name: "severity",
  summary: "How bad a match is.",
  group: "metadata",
  argument: "0 to 7, or emergency, alert, critical, error, warning, notice, info, debug",
  example: "severity:CRITICAL",
  compile: (value, draft) => {
    const parsed = parseSeverity(required(value));
    if (parsed === undefined) {
      throw new ActionArgumentError(`"${value}" is not a severity`, `expected 0 to 7 or ${severityNames.join(", ")}`);
    }
    draft.severity = parsed;
  },
};
