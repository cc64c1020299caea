import type { ActionDefinition } from "../action.ts";
import { ActionArgumentError } from "../action.ts";
import { Phase } from "../phase.ts";

/** `allow`: lets the transaction pass the rules of a phase, of the request, or all of them. */
export const allow: ActionDefinition = {
  name: "allow",
  summary: "Skips the rest of the phase (phase), of phases 1 and 2 (request), or of all phases but logging.",
  group: "disruptive",
  argument: "nothing, phase or request",
  example: "allow:phase",
  compile: (value, draft, context) => {
    const scope = value === undefined || value === "" ? "all" : value.toLowerCase();
    if (scope !== "all" && scope !== "phase" && scope !== "request") {
      throw new ActionArgumentError(`"${value}" is nothing that allow knows`, "expected nothing, phase or request");
    }
    if (scope === "request" && draft.phase > Phase.RequestBody) {
      context.warn("allow:request after phase 2 only lasts for its phase", "write allow or allow:phase");
    }
    draft.disruptive = { kind: "allow", scope };
    return {
      evaluate: (tx) => {
        if (tx.control.ruleEngine === "On") tx.control.allow = scope;
      },
    };
  },
};
