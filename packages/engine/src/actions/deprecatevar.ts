import type { ActionDefinition } from "../action.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import type { PersistentName } from "../host.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Transaction } from "../transaction.ts";
import { ActionArgumentError } from "../action.ts";
import { isPromise } from "../maybe-promise.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { required } from "./argument.ts";
import { incrementPersistent, persistentOf, requirePersistentName, seconds, setPersistent } from "./persistent.ts";

/**
 * `deprecatevar`: takes an amount off a variable for every period that passed since the record was last updated; never
 * below 0. Source: ModSecurity 2.
 */
export const deprecatevar: ActionDefinition = {
  name: "deprecatevar",
  summary: "Lowers a variable of a persistent collection by an amount for every period without an update, down to 0.",
  group: "non-disruptive",
  argument: "collection.name=amount/seconds",
  example: "deprecatevar:session.score=60/300",
  compile: (value, _draft, { macro }) => {
    const match = /^(\w+)\.([^=]+)=(\d{1,15})\/(\d{1,10})$/.exec(required(value));
    if (match === null || Number(match[4]) === 0) {
      const hint = "as in deprecatevar:session.score=60/300";
      throw new ActionArgumentError(`"${value}" needs a variable, an amount and a period in seconds`, hint);
    }
    const name = requirePersistentName(match[1]!);
    const variable = macro(match[2]!);
    const amount = Number(match[3]);
    const period = Number(match[4]);
    return {
      mayWait: true,
      evaluate: (tx) => {
        const key = toLowerAscii(variable.expand(tx));
        const collection = persistentOf(tx, name);
        const current = Number(collection.first(key) ?? 0);
        const updated = Number(collection.first("last_update_time") ?? NaN);
        const periods = Math.floor((seconds(tx) - updated) / period);
        const drop = Math.min(current, amount * periods);
        if (drop > 0) return lower(tx, name, key, drop);
      },
    };
  },
};

function lower(tx: Transaction, name: PersistentName, key: ByteString, drop: number): MaybePromise<void> {
  const pending = incrementPersistent(tx, name, key, -drop);
  return isPromise(pending) ? pending.then(() => floor(tx, name, key)) : floor(tx, name, key);
}

/** Two transactions that lower the same value at once must not leave it below 0, where it would hide later points. */
function floor(tx: Transaction, name: PersistentName, key: ByteString): MaybePromise<void> {
  if (Number(persistentOf(tx, name).first(key)) < 0) return setPersistent(tx, name, key, "0");
}
