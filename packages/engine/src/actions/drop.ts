import type { ActionDefinition } from "../action.ts";
import { none } from "./argument.ts";

/** `drop`: interrupts the transaction and closes the connection. */
export const drop: ActionDefinition = {
  name: "drop",
  summary: "Interrupts the transaction and closes the connection.",
  group: "disruptive",
  argument: "",
  example: "drop",
  compile: (value, draft) => {
    none(value);
    draft.disruptive = { kind: "drop" };
    return {
      evaluate: (tx, rule) => tx.interrupt({ ruleId: rule.id, action: "drop", status: rule.status ?? 0, data: "" }),
    };
  },
};
