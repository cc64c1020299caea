import type { ActionCompileContext } from "../action.ts";
import type { RuleDraft } from "../compile/ruleset.ts";
import { ActionArgumentError } from "../action.ts";
import type { Macro } from "../compile/macro.ts";
import { MacroError } from "../compile/macro.ts";

/** The value of an action that needs one. */
export function required(value: string | undefined): string {
  if (value !== undefined && value !== "") return value;
  throw new ActionArgumentError("the value is missing");
}

/** Refuses a value where none is taken. */
export function none(value: string | undefined): void {
  if (value !== undefined && value !== "") throw new ActionArgumentError(`"${value}": the action takes no value`);
}

/** An integer within bounds, both inclusive. */
export function integer(value: string | undefined, minimum: number, maximum: number): number {
  const text = required(value);
  const number = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (number >= minimum && number <= maximum) return number;
  throw new ActionArgumentError(`"${text}" is not a valid number`, `expected an integer from ${minimum} to ${maximum}`);
}

/** Parses macro texts, with their faults as faults of the action. */
export function macroParser(parse: (text: string) => Macro): (text: string) => Macro {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof MacroError) throw new ActionArgumentError(error.message, error.hint);
      throw error;
    }
  };
}

/** Flow actions of chained rules are taken and never run, in the references too (spec: seclang, 12). */
export function warnOnChild(name: string, draft: RuleDraft, context: ActionCompileContext): void {
  if (draft.isChild) context.warn(`${name} has no effect on a chained rule`, "put it on the first rule of the chain");
}
