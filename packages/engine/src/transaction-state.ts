import type { ByteString } from "./text/bytes.ts";
import type { Collection } from "./variables/collections.ts";
import type { Interruption } from "./interruption.ts";
import type { EngineFault } from "./fault.ts";
import type { LogLevel } from "./host.ts";
import type { Phase } from "./phase.ts";
import type { Variables } from "./variables/variables.ts";

/** What operators and plug-ins see of a transaction (spec: api, 6). */
export interface TransactionState {
  readonly id: string;
  readonly variables: Variables;
  /** The phase being evaluated, or the last one that was. */
  readonly phase: Phase;
  /** True while the rule being evaluated has `capture`. */
  readonly capturing: boolean;
  /** Stores TX:0 ... TX:9; ignored unless `capturing`. */
  capture(index: number, text: ByteString): void;
  /** A variable's values by SecLang name, undefined for unknown names. */
  collection(name: string): Collection | undefined;
  /** The first interruption wins; in DetectionOnly it is only remembered. */
  interrupt(interruption: Interruption): void;
  /** A port failed or could not answer: recorded and answered as the fault policy says. */
  fault(kind: EngineFault["kind"], message: string): void;
  /** Debug log of this transaction, subject to its level. */
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}
