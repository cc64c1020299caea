import type { ActionCompileContext } from "../../action.ts";
import type { ByteString } from "../../text/bytes.ts";
import type { Transaction } from "../../transaction.ts";
import type { Phase } from "../../phase.ts";
import { ActionArgumentError } from "../../action.ts";

/** An option of `ctl`. `compile` checks the value at load and returns what happens at run time. */
export interface CtlOption {
  readonly name: string;
  readonly summary: string;
  /** A value of it. */
  readonly example: string;
  /** Last phase in which it may still be used; later uses are logged and ignored (spec: seclang, 9). */
  readonly until?: Phase;
  /** Accepted because configurations carry it, with a diagnostic that says what that means. */
  readonly effect?: "none";
  compile(value: ByteString, context: ActionCompileContext): (tx: Transaction) => void;
}

/** `On` or `Off`, any case. */
export function onOff(value: ByteString): boolean {
  return oneOf(value, ["On", "Off"]) === "On";
}

/** One of the words, any case. */
export function oneOf<T extends string>(value: ByteString, words: readonly T[]): T {
  const found = words.find((word) => word.toLowerCase() === value.toLowerCase());
  if (found !== undefined) return found;
  throw new ActionArgumentError(`"${value}" is not a valid value`, `expected ${words.join(", ")}`);
}

/** A whole number within bounds, both inclusive. */
export function wholeNumber(value: ByteString, minimum: number, maximum: number): number {
  const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
  if (number >= minimum && number <= maximum) return number;
  throw new ActionArgumentError(
    `"${value}" is not a valid number`,
    `expected an integer from ${minimum} to ${maximum}`,
  );
}
