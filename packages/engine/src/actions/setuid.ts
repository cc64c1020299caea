import type { ActionDefinition } from "../action.ts";
import { macro, required } from "./argument.ts";
import { loadPersistent } from "./persistent.ts";

/** `setuid`: names the user and opens its record in USER, apart for each SecWebAppId. */
export const setuid: ActionDefinition = {
  name: "setuid",
  summary: "Names the user and opens its record in USER.",
  group: "non-disruptive",
  argument: "text, macros allowed",
  example: "setuid:%{REQUEST_COOKIES.id}",
  compile: (value) => {
    const expression = macro(required(value));
    return {
      mayWait: true,
      evaluate: (tx) => {
        const id = expression.expand(tx);
        tx.variables.userId.set(id);
        return loadPersistent(tx, "USER", id, `${tx.webAppId}_${id}`);
      },
    };
  },
};
