import type { Token } from "./token.ts";
import { isBinaryDigit, isDigit, isHexDigit, isLetter, isWhite, skipWhile } from "./bytes.ts";
import { readDollarString } from "./strings.ts";
import { setToken } from "./token.ts";

/** Digits and `.` (spec: libinjection, 3.13). Sets no token for a number with an empty exponent (S1). */
export function readNumber(input: string, start: number, token: Token): number {
  const prefixed = readPrefixed(input, start, token);
  if (prefixed >= 0) return prefixed;
  let at = skipWhile(input, start, isDigit);
  if (input[at] === ".") {
    at = skipWhile(input, at + 1, isDigit);
    if (at - start === 1) {
      setToken(token, ".", ".");
      return at;
    }
  }
  let emptyExponent = false;
  if (input[at] === "e" || input[at] === "E") {
    at++;
    if (input[at] === "+" || input[at] === "-") at++;
    const end = skipWhile(input, at, isDigit);
    emptyExponent = end === at;
    at = end;
  }
  if (at < input.length && "dDfF".includes(input[at]!) && endsNumber(input, at + 1)) at++;
  if (!emptyExponent) setToken(token, "1", input.slice(start, at));
  return at;
}

/** What may follow the suffix letter of a number. */
function endsNumber(input: string, at: number): boolean {
  if (at >= input.length) return true;
  const unit = input.charCodeAt(at);
  return isWhite(unit) || input[at] === ";" || input[at] === "u" || input[at] === "U";
}

/** `0x1f` and `0b01`; -1 when this is neither. */
function readPrefixed(input: string, start: number, token: Token): number {
  if (input[start] !== "0") return -1;
  const letter = input[start + 1];
  const accepts =
    letter === "x" || letter === "X" ? isHexDigit : letter === "b" || letter === "B" ? isBinaryDigit : undefined;
  if (accepts === undefined) return -1;
  const end = skipWhile(input, start + 2, accepts);
  setToken(token, end === start + 2 ? "n" : "1", input.slice(start, end));
  return end;
}

/** `$` (spec: libinjection, 3.16); -1 when it begins a word. */
export function readMoney(input: string, start: number, token: Token): number {
  if (start + 1 >= input.length) {
    setToken(token, "n", "$");
    return start + 1;
  }
  const end = skipWhile(input, start + 1, (unit) => isDigit(unit) || unit === 0x2e || unit === 0x2c);
  if (end > start + 1) {
    if (end === start + 2 && input[start + 1] === ".") return -1;
    setToken(token, "1", input.slice(start, end));
    return end;
  }
  if (input[start + 1] === "$") return readDollarString(input, start, start + 1, token);
  const tagEnd = skipWhile(input, start + 1, isLetter);
  if (tagEnd === start + 1 || input[tagEnd] !== "$") {
    setToken(token, "n", "$");
    return start + 1;
  }
  return readDollarString(input, start, tagEnd, token);
}
