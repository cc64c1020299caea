import type { ActionDefinition } from "../action.ts";
import { integer } from "./argument.ts";

/** `id`: number of the rule; unique and mandatory. */
export const id: ActionDefinition = {
  name: "id",
  summary: "Number of the rule; unique and mandatory.",
  group: "metadata",
  argument: "integer above 0",
  example: "id:1001",
  compile: (value, draft) => {
    draft.id = integer(value, 1, Number.MAX_SAFE_INTEGER);
  },
};
