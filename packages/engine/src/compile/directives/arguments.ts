import { DirectiveArgumentError } from "./directive.ts";

/** `On` or `Off`, any case. */
export function parseOnOff(text: string): boolean {
  return parseWord(text, ["On", "Off"]) === "On";
}

/** One of the words, any case; returns it in its own spelling. */
export function parseWord<T extends string>(text: string, words: readonly T[]): T {
  const lower = text.toLowerCase();
  const found = words.find((word) => word.toLowerCase() === lower);
  if (found !== undefined) return found;
  throw new DirectiveArgumentError(`"${text}" is not a valid value`, `expected ${words.join(" or ")}`);
}

/** A decimal integer within bounds, both inclusive. */
export function parseInteger(text: string, minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): number {
  const value = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= minimum && value <= maximum) return value;
  const range = maximum === Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `${minimum} to ${maximum}`;
  throw new DirectiveArgumentError(`"${text}" is not a valid number`, `expected an integer, ${range}`);
}

/** File mode as octal digits. */
export function parseMode(text: string): number {
  if (/^[0-7]{3,4}$/.test(text)) return parseInt(text, 8);
  throw new DirectiveArgumentError(`"${text}" is not a file mode`, "expected octal digits such as 0640");
}

/** Any text but the empty one. */
export function parseText(text: string): string {
  if (text !== "") return text;
  throw new DirectiveArgumentError("the argument is missing");
}
