import type { ActionDefinition } from "../action.ts";
import { integer } from "./argument.ts";

/** `maturity`: how mature the rule is, for people. */
export const maturity: ActionDefinition = {
  name: "maturity",
  summary: "How mature the rule is, for people.",
  group: "metadata",
  argument: "1 to 9",
  example: "maturity:9",
  compile: (value, draft) => {
    draft.maturity = integer(value, 1, 9);
  },
};
