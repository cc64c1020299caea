import type { Pattern, PrefilterCondition } from "@cuirass/regex";
import type { ByteString } from "./text/bytes.ts";
import type { Host } from "./host.ts";
import type { Macro } from "./compile/macro.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { TransactionState } from "./transaction-state.ts";
import type { WafSettings } from "./settings.ts";

/** An argument, a value and whether it matches; run as tests, printed in the reference. */
export interface OperatorExample {
  readonly title: string;
  readonly argument: ByteString;
  readonly input: ByteString;
  readonly matches: boolean;
}

/** What `compile` may use. */
export interface OperatorCompileContext {
  readonly settings: WafSettings;
  readonly host: Host;
  /** Parses `%{...}`; throws {@link OperatorArgumentError} on a bad macro. */
  macro(text: ByteString): Macro;
  /** A data file: absolute as it is, else beside the configuration file, else from the working directory. Throws OperatorArgumentError when missing. */
  readDataFile(path: string): ByteString;
  /** A SecDataset by name, as defined before the rule. */
  dataset(name: string): readonly ByteString[] | undefined;
  /** Reports something the user ought to know although the rule is accepted. */
  warn(message: string, hint?: string): void;
}

/** A compiled operator. `match` is called once per value and must not throw on any bytes. */
export interface OperatorMatcher {
  /** Captures go through `tx.capture`, and only when `tx.capturing`. Negation is the caller's business. */
  match(value: ByteString, tx: TransactionState): MaybePromise<boolean>;
  /** True when `match` may return a promise (`@rbl`, `@inspectFile`). */
  readonly mayWait?: boolean;
  /** The answer depends on the value alone, so it may be kept with the value. */
  readonly textOnly?: boolean;
  /** `match` changes nothing and costs next to nothing, so it may be asked before the rule is evaluated. */
  readonly cheap?: boolean;
  /** The same answer without a transaction, of numeric comparisons that depend on the value alone. */
  readonly ofText?: (value: ByteString) => boolean;
  /** Offsets of the first match in the value, worked out only for explanations. */
  locate?(value: ByteString): readonly [start: number, end: number] | undefined;
  /** Condition without which no value can match; feeds the rule set's prefilter. */
  readonly condition?: PrefilterCondition;
  /** The pattern, for analysis. */
  readonly pattern?: Pattern;
}

/** An `@operator`. */
export interface OperatorDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** What the argument is, in a few words; "" when it takes none. */
  readonly argument: string;
  readonly examples: readonly OperatorExample[];
  /** Parses the argument once. Throws {@link OperatorArgumentError}. */
  compile(argument: ByteString, context: OperatorCompileContext): OperatorMatcher;
}

/** A bad operator argument; `offset` counts bytes in the argument. The compiler turns it into a located diagnostic. */
export class OperatorArgumentError extends Error {
  readonly offset: number | undefined;
  readonly hint: string | undefined;
  constructor(message: string, options: { offset?: number | undefined; hint?: string | undefined } = {}) {
    super(message);
    this.name = "OperatorArgumentError";
    this.offset = options.offset;
    this.hint = options.hint;
  }
}
