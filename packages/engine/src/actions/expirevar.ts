import type { ActionDefinition } from "../action.ts";
import { ActionArgumentError } from "../action.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { required } from "./argument.ts";
import { expirePersistent, requirePersistentName } from "./persistent.ts";

/**
 * `expirevar`: lets a variable of a persistent collection disappear after some seconds. The variable must be there: it
 * comes after the `setvar`.
 *
 * Compat: Coraza only logs a warning (gaps A31).
 */
export const expirevar: ActionDefinition = {
  name: "expirevar",
  summary: "Lets a variable of a persistent collection disappear after so many seconds.",
  group: "non-disruptive",
  argument: "collection.name=seconds",
  example: "expirevar:ip.blocked=3600",
  compile: (value, _draft, { macro, warn }) => {
    const match = /^(\w+)\.([^=]+)=(.+)$/.exec(required(value));
    if (match === null)
      throw new ActionArgumentError(`"${value}" needs a variable and seconds`, "as in expirevar:ip.blocked=3600");
    const collection = match[1]!.toUpperCase();
    if (collection === "TX") {
      warn("variables of TX end with the transaction, so expirevar has no effect on them");
      return;
    }
    const name = requirePersistentName(collection);
    const variable = macro(match[2]!);
    const seconds = macro(match[3]!);
    return {
      mayWait: true,
      evaluate: (tx) => {
        const text = seconds.expand(tx);
        const count = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
        if (count === undefined) return tx.log("error", "expirevar needs a number of seconds", { value: text });
        return expirePersistent(tx, name, toLowerAscii(variable.expand(tx)), count);
      },
    };
  },
};
