import type { ActionCompileContext, ActionDefinition, ActionEvaluator } from "../action.ts";
import type { Macro } from "../compile/macro.ts";
import type { PersistentName } from "../host.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Transaction } from "../transaction.ts";
import { ActionArgumentError } from "../action.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { parseWholeInt } from "../text/whole-int.ts";
import { txNumber } from "../variables/tx-variables.ts";
import { required } from "./argument.ts";
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
  compile: (value, draft, { macro, warn }) => {
    const text = required(value);
    const removes = text.startsWith("!");
    const equals = text.indexOf("=");
    const { collection, key } = parseVariable(text.slice(removes ? 1 : 0, equals < 0 ? undefined : equals), macro);
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

function parseVariable(text: ByteString, macro: ActionCompileContext["macro"]): Variable {
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
    // Names are folded where they are stored.
    return { evaluate: (tx) => writeTx(tx, key.expand(tx), value?.expand(tx)) };
  }
  const name = toLowerAscii(key.text);
  if (value === undefined) return { evaluate: (tx) => tx.setTx(name, undefined) };
  const number = txNumber(name);
  const assigns = { tx: number, name, value };
  if (!value.dynamic && !isSign(value.text.charCodeAt(0))) {
    return { assigns, evaluate: (tx) => tx.setTxAt(number, name, value.text) };
  }
  return {
    assigns,
    evaluate: (tx) => {
      const text = value.expand(tx);
      if (!isSign(text.charCodeAt(0))) return tx.setTxAt(number, name, text);
      const sum = sumOfSmall(tx.variables.tx.at(number)?.value ?? "", text);
      if (sum === undefined) writeTx(tx, name, text);
      else tx.setTxAt(number, name, String(sum));
    },
  };
}

function isSign(unit: number): boolean {
  return unit === 0x2b || unit === 0x2d;
}

/** Digits of numbers whose sums are exact. */
const SMALL_DIGITS = 15;

/**
 * The present value plus `+N` or `-N`; undefined unless both are whole numbers of a few digits.
 * Perf: scores are, and 64-bit arithmetic took a third of the time of the rule that adds them (bench, level 1).
 */
function sumOfSmall(current: ByteString, signed: ByteString): number | undefined {
  const amount = smallNumber(signed, 1);
  const before = current === "" ? 0 : smallNumber(current, 0);
  if (amount < 0 || before < 0) return undefined;
  return signed.charCodeAt(0) === 0x2b ? before + amount : before - amount;
}

/** The number that the text from an offset on spells; -1 unless it is one to SMALL_DIGITS digits. */
function smallNumber(text: ByteString, from: number): number {
  if (from >= text.length || text.length - from > SMALL_DIGITS) return -1;
  let value = 0;
  for (let at = from; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
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
  if (value === undefined) return tx.setTx(key, undefined);
  const delta = parseDelta(value, "tx.");
  if (delta === undefined) return tx.setTx(key, value);
  const current = numberToChange(tx, "TX", key, value, delta, tx.variables.tx.first(key));
  if (current !== undefined) tx.setTx(key, String(BigInt.asIntN(64, current + (delta as bigint))));
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
  if (!isSign(sign)) return undefined;
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
