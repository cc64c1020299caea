import type { ActionDefinition } from "../action.ts";
import { macro, required } from "./argument.ts";
import { loadPersistent } from "./persistent.ts";

/** `setsid`: names the session and opens its record in SESSION, apart for each SecWebAppId. */
export const setsid: ActionDefinition = {
  name: "setsid",
  summary: "Names the session and opens its record in SESSION.",
  group: "non-disruptive",
  argument: "text, macros allowed",
  example: "setsid:%{REQUEST_COOKIES.id}",
  compile: (value) => {
    const expression = macro(required(value));
    return {
      mayWait: true,
      evaluate: (tx) => {
        const id = expression.expand(tx);
        tx.variables.sessionId.set(id);
        return loadPersistent(tx, "SESSION", id, `${tx.webAppId}_${id}`);
      },
    };
  },
};
