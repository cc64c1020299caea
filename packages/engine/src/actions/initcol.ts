import type { ActionDefinition } from "../action.ts";
import { ActionArgumentError } from "../action.ts";
import { required } from "./argument.ts";
import { loadPersistent, requirePersistentName } from "./persistent.ts";

/**
 * `initcol`: opens a record of a persistent collection.
 *
 * Compat: Coraza accepts it and does nothing (gaps A31); this is what ModSecurity does.
 */
export const initcol: ActionDefinition = {
  name: "initcol",
  summary: "Opens the record of a persistent collection that a key names.",
  group: "non-disruptive",
  argument: "collection=key, macros allowed in the key",
  example: "initcol:ip=%{REMOTE_ADDR}",
  compile: (value, _draft, { macro }) => {
    const text = required(value);
    const equals = text.indexOf("=");
    if (equals < 1 || equals === text.length - 1) {
      throw new ActionArgumentError(`"${text}" needs a collection and a key`, "as in initcol:ip=%{REMOTE_ADDR}");
    }
    const name = requirePersistentName(text.slice(0, equals).trim());
    const key = macro(text.slice(equals + 1));
    return { mayWait: true, evaluate: (tx) => loadPersistent(tx, name, key.expand(tx)) };
  },
};
