import type { ActionEvaluator } from "../action.ts";
import type { Macro } from "../compile/macro.ts";
import type { PersistentName } from "../host.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Transaction } from "../transaction.ts";
import { loadPersistent } from "./persistent.ts";

/** Names a session or user, and opens its record, apart for each SecWebAppId. */
export function namedRecord(
  expression: Macro,
  collection: PersistentName,
  nameOf: (tx: Transaction) => { set(name: ByteString): void },
): ActionEvaluator {
  return {
    mayWait: true,
    evaluate: (tx) => {
      const name = expression.expand(tx);
      nameOf(tx).set(name);
      return loadPersistent(tx, collection, name, `${tx.webAppId}_${name}`);
    },
  };
}
