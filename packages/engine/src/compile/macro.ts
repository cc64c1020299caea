import type { ByteString } from "../text/bytes.ts";
import type { TransactionState } from "../transaction-state.ts";

/** A text with `%{...}` parts, parsed at load (spec: seclang, 11). */
export interface Macro {
  /** As written. */
  readonly text: ByteString;
  /** False when there is nothing to expand; `expand` then returns `text`. */
  readonly dynamic: boolean;
  expand(tx: TransactionState): ByteString;
}
