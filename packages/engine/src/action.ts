import type { ByteString } from "./text/bytes.ts";
import type { CompiledRule, RuleDraft } from "./compile/ruleset.ts";
import type { Host } from "./host.ts";
import type { Macro } from "./compile/macro.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { Transaction } from "./transaction.ts";
import type { WafSettings } from "./settings.ts";

/**
 * When an action works (spec: seclang, 8.2): metadata and data at load only; non-disruptive after every matched value;
 * flow and disruptive once, after the whole chain matched.
 */
export type ActionGroup = "metadata" | "disruptive" | "data" | "non-disruptive" | "flow";

/** What `compile` may use. */
export interface ActionCompileContext {
  readonly settings: WafSettings;
  readonly host: Host;
  /** Parses `%{...}`; throws {@link ActionArgumentError} on a bad macro. Equal texts are one macro. */
  macro(text: ByteString): Macro;
  /** Reports something the user ought to know although the action is accepted. */
  warn(message: string, hint?: string): void;
}

/** The run-time half of an action. */
export interface ActionEvaluator {
  evaluate(tx: Transaction, rule: CompiledRule): MaybePromise<void>;
  /** True when `evaluate` may return a promise (persistent collections). */
  readonly mayWait?: boolean;
  /** The TX variable that `evaluate` sets, and does nothing else, unless the value begins with a sign. */
  readonly assigns?: Assignment;
}

/** A TX variable, by number and name in lower case, and what it is set to. */
export interface Assignment {
  readonly tx: number;
  readonly name: ByteString;
  readonly value: Macro;
}

/** A rule action. */
export interface ActionDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly group: ActionGroup;
  /** What the value is, in a few words; "" when it takes none. */
  readonly argument: string;
  readonly example: string;
  /**
   * Checks the value, sets fields of the draft, and returns the run-time half if there is one.
   * Throws {@link ActionArgumentError}.
   */
  compile(value: ByteString | undefined, draft: RuleDraft, context: ActionCompileContext): ActionEvaluator | void;
}

/** A bad action value; the compiler turns it into a located diagnostic. */
export class ActionArgumentError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = "ActionArgumentError";
    this.hint = hint;
  }
}
