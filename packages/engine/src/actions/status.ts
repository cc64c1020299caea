import type { ActionDefinition } from "../action.ts";
import { integer } from "./argument.ts";

/** `status`: HTTP status of deny, drop and redirect. */
export const status: ActionDefinition = {
  name: "status",
  summary: "HTTP status of deny, drop and redirect.",
  group: "data",
  argument: "100 to 599",
  example: "status:403",
  compile: (value, draft, context) => {
    const status = integer(value, 0, 999);
    if (status < 100 || status > 599) context.warn(`${status} is no HTTP status`, "expected 100 to 599");
    draft.status = status;
  },
};
