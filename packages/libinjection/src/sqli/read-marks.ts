import type { Token } from "./token.ts";
import { unitAt } from "./bytes.ts";
import { lookUpToken } from "./read-word.ts";
import { readString } from "./strings.ts";
import { setToken } from "./token.ts";
import { Type } from "./types.ts";
import { findWord, wordType } from "./words.ts";

const { NONE, FUNCTION, BAREWORD, VARIABLE, OPERATOR, COMMENT, COLON, EVIL } = Type;

const COLON_BYTE = 0x3a;
const STAR = 0x2a;
const TICK = 0x60;
const AT = 0x40;

/** Bytes that end the name of a variable. */
const variableEnd = new Uint8Array(256);
for (const end of " <>:\\?=@!#~+-*/&^%(),';\t\n\v\f\r`\"|") variableEnd[end.charCodeAt(0)] = 1;

/** To before the next line feed; only LF ends it (spec: libinjection, 3.4). */
export function readLineComment(input: string, at: number, token: Token): number {
  const newline = input.indexOf("\n", at);
  const end = newline < 0 ? input.length : newline;
  setToken(token, COMMENT, at, end);
  return newline < 0 ? end : newline + 1;
}

/** `/` or a C comment; nested and `/*!` comments cannot be parsed safely (spec: libinjection, 3.6). */
export function readSlash(input: string, at: number, token: Token): number {
  if (unitAt(input, at + 1) !== STAR) {
    setToken(token, OPERATOR, at, at + 1);
    return at + 1;
  }
  const close = input.indexOf("*/", at + 2);
  const end = close < 0 ? input.length : close + 2;
  const nested = close >= 0 && isBefore(input.indexOf("/*", at + 2), close);
  setToken(token, nested || unitAt(input, at + 2) === 0x21 ? EVIL : COMMENT, at, end);
  return end;
}

/** The window of the nested mark ends after the star of the closing pair. */
function isBefore(inner: number, close: number): boolean {
  return inner >= 0 && inner + 2 <= close + 1;
}

/** `<=>`, a pair of the table, or one byte. */
export function readOperator(input: string, at: number, token: Token): number {
  const unit = input.charCodeAt(at);
  if (unit === 0x3c && input.startsWith("<=>", at)) {
    setToken(token, OPERATOR, at, at + 3);
    return at + 3;
  }
  if (at + 1 < input.length) {
    const type = wordType(findWord(input, at, at + 2));
    if (type !== NONE) {
      setToken(token, type, at, at + 2);
      return at + 2;
    }
  }
  setToken(token, unit === COLON_BYTE && at + 1 < input.length ? COLON : OPERATOR, at, at + 1);
  return at + 1;
}

/** A name in backticks: a function's, or any other. */
export function readTick(input: string, at: number, token: Token): number {
  const end = readString(input, at + 1, TICK, TICK, token);
  token.type = wordType(lookUpToken(input, token)) === FUNCTION ? FUNCTION : BAREWORD;
  return end;
}

/** `@name`, `@@name`, and either with the name in quotes. */
export function readVariable(input: string, at: number, token: Token): number {
  const start = at + (unitAt(input, at + 1) === AT ? 2 : 1);
  let end = start;
  const first = unitAt(input, start);
  if (first === TICK) end = readTick(input, start, token);
  else if (first === 0x27 || first === 0x22) end = readString(input, start + 1, first, first, token);
  else {
    while (end < input.length && variableEnd[input.charCodeAt(end) & 0xff] === 0) end++;
    setToken(token, VARIABLE, start, end);
  }
  token.type = VARIABLE;
  return end;
}
