import type { ActionDefinition, ActionEvaluator } from "../action.ts";
import type { Macro } from "../compile/macro.ts";
import type { PersistentName } from "../host.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Transaction } from "../transaction.ts";
import { ActionArgumentError } from "../action.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { parseWholeInt } from "../text/whole-int.ts";
import { macro, required } from "./argument.ts";
import {
  incrementPersistent,
  isRecordFact,
  persistentName,
  persistentOf,
  removePersistent,
  setPersistent,
} from "./persistent.ts";

/**
 * `setvar`: writes a variable (spec: seclang, 10).
 *
 * Compat: `setvar:tx.x` sets 1 and `setvar:!tx.x` removes; both crash Coraza (gaps A4). Persistent collections can be
 * written too (gaps B).
 */
export const setvar: ActionDefinition = {
  name: "setvar",
  summary: "Sets, adds to, subtracts from or removes a variable of TX or of a persistent collection.",
  group: "non-disruptive",
  argument: "name.key=value, =+N, =-N; name.key for 1; !name.key to remove; macros allowed",
  example: "setvar:tx.score=+%{tx.critical_anomaly_score}",
  compile: (value, draft, { warn }) => {
    const text = required(value);
    const removes = text.startsWith("!");
    const equals = text.indexOf("=");
    const { collection, key } = parseVariable(text.slice(removes ? 1 : 0, equals < 0 ? undefined : equals));
    if (equals === text.length - 1 && !removes) {
      throw new ActionArgumentError("the value is missing", "to remove a variable write setvar:!tx.name");
    }
    if (equals >= 0 && removes) warn("a variable is removed whatever value is given", "leave out = and the value");
    if (collection === "TX") draft.writes.push(toLowerAscii(key.text).replaceAll(/%\{[^}]*\}/g, "*"));
    if (removes) return writer(collection, key, undefined);
    return writer(collection, key, macro(equals < 0 ? "1" : text.slice(equals + 1)));
  },
};

interface Variable {
  readonly collection: "TX" | PersistentName;
  readonly key: Macro;
}

function parseVariable(text: ByteString): Variable {
  const dot = text.indexOf(".");
  const name = (dot < 0 ? text : text.slice(0, dot)).trim();
  const collection = name.toUpperCase() === "TX" ? "TX" : persistentName(name);
  if (collection === undefined) {
    const hint = "expected one of TX, GLOBAL, IP, RESOURCE, SESSION, USER";
    throw new ActionArgumentError(`"${name}" is no collection that setvar can write`, hint);
  }
  const key = dot < 0 ? "" : text.slice(dot + 1);
  if (key.trim() === "") throw new ActionArgumentError(`"${text}" names no variable`, "as in setvar:tx.name=value");
  if (collection !== "TX" && isRecordFact(toLowerAscii(key))) {
    const hint = "SecCollectionTimeout sets how long records live";
    throw new ActionArgumentError(`the engine itself keeps ${key} of ${collection}, rules only read it`, hint);
  }
  return { collection, key: macro(key) };
}

/** No value means to remove. */
function writer(collection: Variable["collection"], key: Macro, value: Macro | undefined): ActionEvaluator {
  if (collection !== "TX") return persistentWriter(collection, key, value);
  if (key.dynamic) {
    return { evaluate: (tx) => writeTx(tx, toLowerAscii(key.expand(tx)), value?.expand(tx)) };
  }
  const name = toLowerAscii(key.text);
  return { evaluate: (tx) => writeTx(tx, name, value?.expand(tx)) };
}

function persistentWriter(collection: PersistentName, key: Macro, value: Macro | undefined): ActionEvaluator {
  const evaluate: ActionEvaluator["evaluate"] = (tx) => {
    const name = toLowerAscii(key.expand(tx));
    return value === undefined
      ? removePersistent(tx, collection, name)
      : writePersistent(tx, collection, name, value.expand(tx));
  };
  return { mayWait: true, evaluate };
}

function writeTx(tx: Transaction, key: ByteString, value: ByteString | undefined): void {
  if (value === undefined) return tx.setTxLower(key, undefined);
  const delta = parseDelta(value, "tx.");
  if (delta === undefined) return tx.setTxLower(key, value);
  const current = numberToChange(tx, "TX", key, value, delta, tx.variables.tx.first(key));
  if (current !== undefined) tx.setTxLower(key, String(BigInt.asIntN(64, current + (delta as bigint))));
}

function writePersistent(
  tx: Transaction,
  collection: PersistentName,
  key: ByteString,
  value: ByteString,
): MaybePromise<void> {
  const delta = parseDelta(value, `${collection.toLowerCase()}.`);
  if (delta === undefined) return setPersistent(tx, collection, key, value);
  const current = numberToChange(tx, collection, key, value, delta, persistentOf(tx, collection).first(key));
  if (current === undefined) return;
  const amount = Number(delta);
  if (Number.isSafeInteger(amount)) return incrementPersistent(tx, collection, key, amount);
  tx.log("error", "setvar cannot add so large a number to a persistent variable", { collection, variable: key });
}

const UNRESOLVED = "unresolved";

/**
 * The number to add of `+N` and `-N`; undefined for a value to store as it is, a signed text too. A lone sign adds 0.
 * What an unresolved `%{tx.x}` leaves behind is never stored as text (spec: seclang, 10).
 */
function parseDelta(value: ByteString, unresolvedPrefix: ByteString): bigint | typeof UNRESOLVED | undefined {
  const sign = value.charCodeAt(0);
  if (sign !== 0x2b && sign !== 0x2d) return undefined;
  if (value.length === 1) return 0n;
  const rest = value.slice(1);
  const amount = parseWholeInt(rest);
  if (amount !== undefined) return sign === 0x2b ? amount : -amount;
  return rest.startsWith("tx.") || rest.startsWith(unresolvedPrefix) ? UNRESOLVED : undefined;
}

/** The present value as a number, 0 when there is none; undefined, and logged, when there is nothing to add or to add to. */
function numberToChange(
  tx: Transaction,
  collection: Variable["collection"],
  key: ByteString,
  value: ByteString,
  delta: bigint | typeof UNRESOLVED,
  current: ByteString | undefined,
): bigint | undefined {
  if (delta === UNRESOLVED) {
    tx.log("error", "setvar cannot add a macro that has no value", { collection, variable: key, value });
    return undefined;
  }
  const number = current === undefined || current === "" ? 0n : parseWholeInt(current);
  if (number === undefined)
    tx.log("error", "setvar cannot add to a value that is no number", { collection, variable: key });
  return number;
}
