import type { ActionEvaluator } from "../action.ts";
import type { PersistentName } from "../host.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Transaction } from "../transaction.ts";
import { macro, required } from "./argument.ts";
import { loadPersistent } from "./persistent.ts";

/** Names a session or user, and opens its record, apart for each SecWebAppId. */
export function namedRecord(
  value: string | undefined,
  collection: PersistentName,
  nameOf: (tx: Transaction) => { set(name: ByteString): void },
): ActionEvaluator {
  const expression = macro(required(value));
  return {
    mayWait: true,
    evaluate: (tx) => {
      const name = expression.expand(tx);
      nameOf(tx).set(name);
      return loadPersistent(tx, collection, name, `${tx.webAppId}_${name}`);
    },
  };
}
