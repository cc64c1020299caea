import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `deny`: interrupts the transaction with a status, 403 unless given. */
export const deny: ActionDefinition = {
  name: "deny",
  summary: "Interrupts the transaction with a status, 403 unless given.",
  group: "disruptive",
  argument: "",
  example: "deny",
  compile: (value, draft) => {
    none(value);
    draft.disruptive = { kind: "deny" };
    return {
      evaluate: (tx, rule) => tx.interrupt({ ruleId: rule.id, action: "deny", status: rule.status ?? 403, data: "" }),
    };
  },
};
