import type { Token } from "./token.ts";
import { isWhite, skipBinaryDigits, skipHexDigits, unitAt } from "./bytes.ts";
import { readMoney, readNumber } from "./numbers.ts";
import { readSlash, readLineComment, readOperator, readTick, readVariable } from "./read-marks.ts";
import { readWord } from "./read-word.ts";
import { readQString, readString } from "./strings.ts";
import { clearToken, setToken } from "./token.ts";
import { Type, typeOf } from "./types.ts";

const { NONE, BAREWORD, NUMBER, OPERATOR, UNKNOWN, BACKSLASH } = Type;

/** How a byte is read when it begins a token (spec: libinjection, 3, dispatch table). */
const Handler = {
  WORD: 0,
  WHITE: 1,
  STRING: 2,
  HASH: 3,
  MONEY: 4,
  OPERATOR1: 5,
  OPERATOR2: 6,
  CHAR: 7,
  DASH: 8,
  NUMBER: 9,
  SLASH: 10,
  OTHER: 11,
  VARIABLE: 12,
  B_STRING: 13,
  E_STRING: 14,
  NQ_STRING: 15,
  Q_STRING: 16,
  U_STRING: 17,
  X_STRING: 18,
  BRACKET: 19,
  BACKSLASH: 20,
  TICK: 21,
} as const;

/** Handler by byte. */
const handlers = new Uint8Array(256);
const assign = (handler: number, bytes: string): void => {
  for (let at = 0; at < bytes.length; at++) handlers[bytes.charCodeAt(at)] = handler;
};
handlers.fill(Handler.WHITE, 0, 0x21);
assign(Handler.WHITE, "\x7f\xa0");
assign(Handler.STRING, "\"'");
assign(Handler.HASH, "#");
assign(Handler.MONEY, "$");
assign(Handler.OPERATOR1, "%+^~");
assign(Handler.OPERATOR2, "!&*:<=>|");
assign(Handler.CHAR, "(),;{}");
assign(Handler.DASH, "-");
assign(Handler.NUMBER, ".0123456789");
assign(Handler.SLASH, "/");
assign(Handler.OTHER, "?]");
assign(Handler.VARIABLE, "@");
assign(Handler.B_STRING, "Bb");
assign(Handler.E_STRING, "Ee");
assign(Handler.NQ_STRING, "Nn");
assign(Handler.Q_STRING, "Qq");
assign(Handler.U_STRING, "Uu");
assign(Handler.X_STRING, "Xx");
assign(Handler.BRACKET, "[");
assign(Handler.BACKSLASH, "\\");
assign(Handler.TICK, "`");

const APOSTROPHE = 0x27;
const DASH = 0x2d;
/** What `open` and `close` of a string with a Unicode prefix are. */
const U = 0x75;

/** Types of the bytes that are tokens of their own type. */
const charTypes = new Uint8Array(256);
for (const char of "(),;{}") charTypes[char.charCodeAt(0)] = typeOf(char);

/** Splits SQL into tokens, in one of the ways it could be read. */
export class SqlTokenizer {
  input = "";
  /** Byte of the quote that the input is taken to begin inside of, 0 for none. */
  #quote = 0;
  #mysql = false;
  #at = 0;
  /** Tokens read, comments included. */
  tokens = 0;
  /** `--` comments that only ANSI takes for comments. */
  ansiComments = 0;
  /** `#` met; twice in MySQL mode. */
  hashes = 0;

  /** Begins anew. Perf: one tokenizer serves all values, so that nothing is made for any of them. */
  reset(input: string, quote: number, mysql: boolean): void {
    this.input = input;
    this.#quote = quote;
    this.#mysql = mysql;
    this.#at = 0;
    this.tokens = 0;
    this.ansiComments = 0;
    this.hashes = 0;
  }

  /** Reads the next token into the slot; false at the end of input. */
  next(token: Token): boolean {
    clearToken(token);
    const { length } = this.input;
    if (length === 0) return false;
    if (this.#at === 0 && this.#quote !== 0) {
      this.#at = readString(this.input, 0, this.#quote, 0, token);
      this.tokens++;
      return true;
    }
    while (this.#at < length) {
      this.#at = this.#read(this.#at, token);
      if (token.type !== NONE) {
        this.tokens++;
        return true;
      }
    }
    return false;
  }

  #read(at: number, token: Token): number {
    const { input } = this;
    const unit = input.charCodeAt(at);
    switch (handlers[unit & 0xff]) {
      case Handler.WORD:
        return readWord(input, at, token);
      case Handler.WHITE:
        return at + 1;
      case Handler.STRING:
        return readString(input, at + 1, unit, unit, token);
      case Handler.HASH:
        return this.#hash(at, token);
      case Handler.MONEY: {
        const end = readMoney(input, at, token);
        return end < 0 ? readWord(input, at, token) : end;
      }
      case Handler.OPERATOR1:
        return single(OPERATOR, at, token);
      case Handler.OPERATOR2:
        return readOperator(input, at, token);
      case Handler.CHAR:
        return single(charTypes[unit]!, at, token);
      case Handler.DASH:
        return this.#dash(at, token);
      case Handler.NUMBER:
        return readNumber(input, at, token);
      case Handler.SLASH:
        return readSlash(input, at, token);
      case Handler.OTHER:
        return single(UNKNOWN, at, token);
      case Handler.VARIABLE:
        return readVariable(input, at, token);
      case Handler.B_STRING:
        return readDigitString(input, at, skipBinaryDigits, token);
      case Handler.E_STRING:
        if (unitAt(input, at + 1) !== APOSTROPHE || at + 2 >= input.length) return readWord(input, at, token);
        return readString(input, at + 2, APOSTROPHE, APOSTROPHE, token);
      case Handler.NQ_STRING: {
        if (at + 2 < input.length && unitAt(input, at + 1) === APOSTROPHE)
          return readString(input, at + 2, APOSTROPHE, APOSTROPHE, token);
        const end = readQString(input, at + 1, token);
        return end < 0 ? readWord(input, at, token) : end;
      }
      case Handler.Q_STRING: {
        const end = readQString(input, at, token);
        return end < 0 ? readWord(input, at, token) : end;
      }
      case Handler.U_STRING:
        return readUString(input, at, token);
      case Handler.X_STRING:
        return readDigitString(input, at, skipHexDigits, token);
      case Handler.BRACKET: {
        const close = input.indexOf("]", at);
        const end = close < 0 ? input.length : close + 1;
        setToken(token, BAREWORD, at, end);
        return end;
      }
      case Handler.BACKSLASH:
        if (unitAt(input, at + 1) !== 0x4e) return single(BACKSLASH, at, token);
        setToken(token, NUMBER, at, at + 2);
        return at + 2;
      default:
        return readTick(input, at, token);
    }
  }

  #dash(at: number, token: Token): number {
    const { input } = this;
    if (unitAt(input, at + 1) !== DASH) return single(OPERATOR, at, token);
    if (at + 2 >= input.length || isWhite(unitAt(input, at + 2))) return readLineComment(input, at, token);
    if (this.#mysql) return single(OPERATOR, at, token);
    this.ansiComments++;
    return readLineComment(input, at, token);
  }

  #hash(at: number, token: Token): number {
    this.hashes++;
    if (!this.#mysql) return single(OPERATOR, at, token);
    this.hashes++;
    return readLineComment(this.input, at, token);
  }
}

function single(type: number, at: number, token: Token): number {
  setToken(token, type, at, at + 1);
  return at + 1;
}

function readUString(input: string, at: number, token: Token): number {
  if (unitAt(input, at + 1) !== 0x26 || unitAt(input, at + 2) !== APOSTROPHE) return readWord(input, at, token);
  const end = readString(input, at + 3, APOSTROPHE, U, token);
  if (token.close === APOSTROPHE) token.close = U;
  return end;
}

/** `b'01'` and `x'1f'`. */
function readDigitString(
  input: string,
  at: number,
  skip: (input: string, from: number) => number,
  token: Token,
): number {
  if (at + 2 >= input.length || unitAt(input, at + 1) !== APOSTROPHE) return readWord(input, at, token);
  const end = skip(input, at + 2);
  if (unitAt(input, end) !== APOSTROPHE) return readWord(input, at, token);
  setToken(token, NUMBER, at, end + 1);
  return end + 1;
}
