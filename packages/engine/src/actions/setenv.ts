import type { ActionDefinition } from "../action.ts";
import { ActionArgumentError } from "../action.ts";
import { required } from "./argument.ts";

/**
 * `setenv`: sets a variable of ENV.
 *
 * Compat: in this transaction only; Coraza also changes the environment of the process, from request data (gaps A35).
 */
export const setenv: ActionDefinition = {
  name: "setenv",
  summary: "Sets ENV:name for this transaction.",
  group: "non-disruptive",
  argument: "name=value, macros allowed in the value",
  example: "setenv:tenant=%{REQUEST_HEADERS.host}",
  compile: (value, _draft, { macro }) => {
    const text = required(value);
    const equals = text.indexOf("=");
    if (equals < 1 || equals === text.length - 1) {
      throw new ActionArgumentError(`"${text}" needs a name and a value`, "as in setenv:name=value");
    }
    const name = text.slice(0, equals);
    const expression = macro(text.slice(equals + 1));
    return { evaluate: (tx) => tx.variables.env.set(name, expression.expand(tx)) };
  },
};
