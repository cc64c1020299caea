import type { PersistentName } from "../host.ts";
import type { ByteString } from "../text/bytes.ts";
import { Keyed } from "./collections.ts";

/**
 * The local view of a persistent collection: loaded by `initcol`, `setsid`, `setuid` or `setrsc`, written through by `setvar`.
 * Before that it is empty and `key` is undefined.
 */
export class Persistent extends Keyed {
  declare readonly name: PersistentName;
  /** Key of the loaded record. */
  key: ByteString | undefined = undefined;
  /** This transaction wrote to the record, so its times and its counter are up to date. */
  changed = false;
}
