import type { CollectionStore, PersistentName } from "../host.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Transaction } from "../transaction.ts";
import type { Persistent } from "../variables/persistent.ts";
import { ActionArgumentError } from "../action.ts";
import { isPromise } from "../maybe-promise.ts";

const names: readonly PersistentName[] = ["GLOBAL", "IP", "RESOURCE", "SESSION", "USER"];

/**
 * What a record says about itself, by lower-case name; rules read it. CREATE_TIME, LAST_UPDATE_TIME and UPDATE_COUNTER are
 * stored with the record, the others are worked out when it is opened. Source: ModSecurity reference, persistent storage.
 */
const facts: ReadonlySet<ByteString> = new Set([
  "create_time",
  "is_new",
  "key",
  "last_update_time",
  "timeout",
  "update_counter",
  "update_rate",
]);

/** The persistent collection of that name, in any case. */
export function persistentName(text: string): PersistentName | undefined {
  return names.find((name) => name === text.toUpperCase());
}

/** As {@link persistentName}; refuses other names. */
export function requirePersistentName(text: string): PersistentName {
  const name = persistentName(text);
  if (name !== undefined) return name;
  throw new ActionArgumentError(`"${text}" is no persistent collection`, `expected one of ${names.join(", ")}`);
}

/** True for names that the engine itself keeps in every record. */
export function isRecordFact(variable: ByteString): boolean {
  return facts.has(variable);
}

/** The transaction's view of a persistent collection. */
export function persistentOf(tx: Transaction, name: PersistentName): Persistent {
  const { global, ip, resource, session, user } = tx.variables;
  return { GLOBAL: global, IP: ip, RESOURCE: resource, SESSION: session, USER: user }[name];
}

/**
 * Opens a record and fills the collection. `value` is what rules see as KEY, `key` what the store knows the record by.
 * Another record of the same collection takes the place of an earlier one; an empty value opens none.
 */
export function loadPersistent(
  tx: Transaction,
  name: PersistentName,
  value: ByteString,
  key: ByteString = value,
): MaybePromise<void> {
  const collection = persistentOf(tx, name);
  if (value === "")
    return tx.log("debug", "a persistent collection has an empty key and is not opened", { collection: name });
  if (collection.key === key) return;
  const { collectionTimeout } = tx.ruleset.settings;
  return ask(
    tx,
    (store) => store.load(name, key, collectionTimeout),
    (values) => {
      collection.key = key;
      fill(tx, collection, value, values);
    },
  );
}

function fill(tx: Transaction, collection: Persistent, value: ByteString, values: Map<ByteString, ByteString>): void {
  const now = seconds(tx);
  collection.changed = false;
  collection.clear();
  for (const [variable, stored] of values) if (!isRecordFact(variable)) collection.set(variable, stored);
  const created = values.get("create_time") ?? String(now);
  const counter = values.get("update_counter") ?? "0";
  const lastUpdate = values.get("last_update_time");
  collection.set("KEY", value);
  collection.set("IS_NEW", values.size === 0 ? "1" : "0");
  collection.set("CREATE_TIME", created);
  if (lastUpdate !== undefined) collection.set("LAST_UPDATE_TIME", lastUpdate);
  collection.set("TIMEOUT", String(tx.ruleset.settings.collectionTimeout));
  collection.set("UPDATE_COUNTER", counter);
  // Updates per minute since creation; the first second counts as one.
  const age = Math.max(1, now - Number(created));
  collection.set("UPDATE_RATE", String(Math.floor((60 * Number(counter)) / age)));
}

/** Stores a value in the record and in the view. */
export function setPersistent(
  tx: Transaction,
  name: PersistentName,
  variable: ByteString,
  value: ByteString,
): MaybePromise<void> {
  return write(tx, name, variable, (collection, store) => {
    collection.set(variable, value);
    return store.set(name, collection.key!, variable, value);
  });
}

/** Adds in the store, as one step, and takes over the total: a limit shared by many processes is exact. */
export function incrementPersistent(
  tx: Transaction,
  name: PersistentName,
  variable: ByteString,
  delta: number,
): MaybePromise<void> {
  return write(
    tx,
    name,
    variable,
    (collection, store) => {
      // What this transaction knows counts until the store answers, and stays when it cannot.
      collection.set(variable, String(Number(collection.first(variable) ?? 0) + delta));
      return store.increment(name, collection.key!, variable, delta);
    },
    (collection, total) => collection.set(variable, String(total)),
  );
}

/** Removes a variable from the record and from the view. */
export function removePersistent(tx: Transaction, name: PersistentName, variable: ByteString): MaybePromise<void> {
  return write(tx, name, variable, (collection, store) => {
    collection.remove(variable);
    return store.remove(name, collection.key!, variable);
  });
}

/** Lets a variable of the record disappear after so many seconds; none means at once. */
export function expirePersistent(
  tx: Transaction,
  name: PersistentName,
  variable: ByteString,
  after: number,
): MaybePromise<void> {
  if (after <= 0) return removePersistent(tx, name, variable);
  return write(tx, name, variable, (collection, store) => store.expire(name, collection.key!, variable, after));
}

function write<T>(
  tx: Transaction,
  name: PersistentName,
  variable: ByteString,
  change: (collection: Persistent, store: CollectionStore) => MaybePromise<T>,
  use?: (collection: Persistent, answer: T) => void,
): MaybePromise<void> {
  const collection = persistentOf(tx, name);
  if (collection.key === undefined) {
    return tx.log("debug", "a persistent collection is written before it was opened", { collection: name });
  }
  if (isRecordFact(variable))
    return tx.log("error", "rules cannot write this variable", { collection: name, variable });
  const noted = collection.changed ? undefined : noteChange(tx, name, collection);
  const changed = ask(
    tx,
    (store) => change(collection, store),
    (answer) => use?.(collection, answer),
  );
  return both(noted, changed);
}

/** Once per transaction and record. The view keeps what was loaded, as in ModSecurity, where a record is updated at the end. */
function noteChange(tx: Transaction, name: PersistentName, collection: Persistent): MaybePromise<void> {
  collection.changed = true;
  const key = collection.key!;
  const isNew = collection.first("is_new") === "1";
  const now = String(seconds(tx));
  const nothing = (): void => undefined;
  const created = isNew ? ask(tx, (store) => store.set(name, key, "create_time", now), nothing) : undefined;
  const updated = ask(tx, (store) => store.set(name, key, "last_update_time", now), nothing);
  const counted = ask(tx, (store) => store.increment(name, key, "update_counter", 1), nothing);
  return both(created, both(updated, counted));
}

/** One call of the store. A store that fails is a fault of the port, answered as configured; the rule goes on. */
function ask<T>(
  tx: Transaction,
  question: (store: CollectionStore) => MaybePromise<T>,
  use: (answer: T) => void,
): MaybePromise<void> {
  let answer: MaybePromise<T>;
  try {
    answer = question(tx.host.collectionStore!);
  } catch (error) {
    return storeFailed(tx, error);
  }
  return isPromise(answer) ? answer.then(use, (error: unknown) => storeFailed(tx, error)) : use(answer);
}

function storeFailed(tx: Transaction, error: unknown): void {
  tx.fault("port", `collection store: ${error instanceof Error ? error.message : String(error)}`);
}

function both(first: MaybePromise<void>, second: MaybePromise<void>): MaybePromise<void> {
  if (first === undefined) return second;
  if (second === undefined) return first;
  return Promise.all([first, second]).then(() => undefined);
}

/** Seconds since the epoch. */
export function seconds(tx: Transaction): number {
  return Math.floor(tx.host.clock.now() / 1000);
}
