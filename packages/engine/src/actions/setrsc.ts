import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";
import { loadPersistent } from "./persistent.ts";

/** `setrsc`: opens the record of a resource in RESOURCE. */
export const setrsc: ActionDefinition = {
  name: "setrsc",
  summary: "Opens the record of a resource in RESOURCE.",
  group: "non-disruptive",
  argument: "text, macros allowed",
  example: "setrsc:%{REQUEST_FILENAME}",
  compile: (value, _draft, { macro }) => {
    const expression = macro(required(value));
    return { mayWait: true, evaluate: (tx) => loadPersistent(tx, "RESOURCE", expression.expand(tx)) };
  },
};
