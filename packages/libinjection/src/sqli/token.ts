import { NO_WORD } from "./words.ts";
import { Type } from "./types.ts";

const { NONE } = Type;

/** Longest text that a token keeps; the scan goes on after the whole text. */
export const TEXT_LIMIT = 31;

/**
 * A token of SQL. Its text is a range of the input, or a phrase that folding has made of two words.
 *
 * Perf: numbers alone, no string is made: a value is read in a third of the time (packages/bench, benign workload).
 */
export interface Token {
  /** One of {@link Type}. */
  type: number;
  start: number;
  length: number;
  /** The words that were joined to this token, "" for a range of the input. */
  phrase: string;
  /** Where the text stands in the table of words; only words, names in backticks and phrases are looked up. */
  word: number;
  /** Byte that opened a string, 0 when it was simulated. */
  open: number;
  /** Byte that closed it, 0 when it is open. */
  close: number;
}

/** An empty slot. */
export function emptyToken(): Token {
  return { type: NONE, start: 0, length: 0, phrase: "", word: NO_WORD, open: 0, close: 0 };
}

export function clearToken(token: Token): void {
  token.type = NONE;
  token.start = 0;
  token.length = 0;
  token.phrase = "";
  token.word = NO_WORD;
  token.open = 0;
  token.close = 0;
}

export function copyToken(from: Token, to: Token): void {
  to.type = from.type;
  to.start = from.start;
  to.length = from.length;
  to.phrase = from.phrase;
  to.word = from.word;
  to.open = from.open;
  to.close = from.close;
}

/** Sets type and text, the text cut to its limit. */
export function setToken(token: Token, type: number, start: number, end: number): void {
  const length = end - start;
  token.type = type;
  token.start = start;
  token.length = length > TEXT_LIMIT ? TEXT_LIMIT : length;
}

/** The text of a token of this input. */
export function textOf(token: Token, input: string): string {
  return token.phrase === "" ? input.slice(token.start, token.start + token.length) : token.phrase;
}

/** Byte of the text of a token, -1 past its end. */
export function unitOf(token: Token, input: string, index: number): number {
  if (index >= token.length) return -1;
  return token.phrase === "" ? input.charCodeAt(token.start + index) : token.phrase.charCodeAt(index);
}

/** True when the text is this upper-case one, ASCII case apart. */
export function isText(token: Token, input: string, upper: string): boolean {
  return token.length === upper.length && beginsWith(token, input, upper);
}

/** True when the text begins with this upper-case one, ASCII case apart. */
export function beginsWith(token: Token, input: string, upper: string): boolean {
  if (token.length < upper.length) return false;
  for (let index = 0; index < upper.length; index++) {
    const unit = unitOf(token, input, index);
    if ((unit >= 0x61 && unit <= 0x7a ? unit - 32 : unit) !== upper.charCodeAt(index)) return false;
  }
  return true;
}
