import type { Token } from "./token.ts";
import { isBinaryDigit, isHexDigit, isWhite, skipWhile } from "./bytes.ts";
import { readMoney, readNumber } from "./numbers.ts";
import { readQString, readString } from "./strings.ts";
import { clearToken, setToken, TEXT_LIMIT } from "./token.ts";
import { lookUp } from "./words.ts";

/** How a byte is read when it begins a token (spec: libinjection, 3, dispatch table). */
type Handler =
  | "white"
  | "string"
  | "hash"
  | "money"
  | "operator1"
  | "operator2"
  | "char"
  | "dash"
  | "number"
  | "slash"
  | "other"
  | "var"
  | "bstring"
  | "estring"
  | "nqstring"
  | "qstring"
  | "ustring"
  | "xstring"
  | "bracket"
  | "backslash"
  | "tick"
  | "word";

const handlers: Handler[] = new Array<Handler>(256).fill("word");
const assign = (handler: Handler, bytes: string): void => {
  for (let at = 0; at < bytes.length; at++) handlers[bytes.charCodeAt(at)] = handler;
};
for (let byte = 0; byte <= 0x20; byte++) handlers[byte] = "white";
assign("white", "\x7f\xa0");
assign("string", "\"'");
assign("hash", "#");
assign("money", "$");
assign("operator1", "%+^~");
assign("operator2", "!&*:<=>|");
assign("char", "(),;{}");
assign("dash", "-");
assign("number", ".0123456789");
assign("slash", "/");
assign("other", "?]");
assign("var", "@");
assign("bstring", "Bb");
assign("estring", "Ee");
assign("nqstring", "Nn");
assign("qstring", "Qq");
assign("ustring", "Uu");
assign("xstring", "Xx");
assign("bracket", "[");
assign("backslash", "\\");
assign("tick", "`");

/** Bytes that end a word, and those that end a variable name. */
const wordEnd = byteTable(" []{}<>:\\?=@!#~+-*/&|^%(),';\"\t\n\v\f\r\xa0\0");
const variableEnd = byteTable(" <>:\\?=@!#~+-*/&^%(),';\t\n\v\f\r`\"|");

function byteTable(bytes: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let at = 0; at < bytes.length; at++) table[bytes.charCodeAt(at)] = 1;
  return table;
}

/** Splits SQL into tokens, in one of the ways it could be read. */
export class SqlTokenizer {
  readonly input: string;
  /** Quote that the input is taken to begin inside of, "" for none. */
  readonly #quote: string;
  readonly #mysql: boolean;
  #at = 0;
  /** Tokens read, comments included. */
  tokens = 0;
  /** `--` comments that only ANSI takes for comments. */
  ansiComments = 0;
  /** `#` met; twice in MySQL mode. */
  hashes = 0;

  constructor(input: string, quote: string, mysql: boolean) {
    this.input = input;
    this.#quote = quote;
    this.#mysql = mysql;
  }

  /** Reads the next token into the slot; false at the end of input. */
  next(token: Token): boolean {
    clearToken(token);
    const { input } = this;
    if (input.length === 0) return false;
    if (this.#at === 0 && this.#quote !== "") {
      this.#at = readString(input, 0, 0, this.#quote, token);
      this.tokens++;
      return true;
    }
    while (this.#at < input.length) {
      this.#at = this.#read(this.#at, token);
      if (token.type !== "") {
        this.tokens++;
        return true;
      }
    }
    return false;
  }

  #read(at: number, token: Token): number {
    const { input } = this;
    switch (handlers[input.charCodeAt(at) & 0xff]) {
      case "white":
        return at + 1;
      case "string":
        return readString(input, at, 1, input[at]!, token);
      case "hash":
        return this.#hash(at, token);
      case "money": {
        const end = readMoney(input, at, token);
        return end < 0 ? this.#word(at, token) : end;
      }
      case "operator1":
        return single(input, at, "o", token);
      case "operator2":
        return readOperator(input, at, token);
      case "char":
        return single(input, at, input[at]!, token);
      case "dash":
        return this.#dash(at, token);
      case "number":
        return readNumber(input, at, token);
      case "slash":
        return readSlash(input, at, token);
      case "other":
        return single(input, at, "?", token);
      case "var":
        return readVariable(input, at, token);
      case "estring":
        return this.#estring(at, token);
      case "nqstring": {
        if (at + 2 < input.length && input[at + 1] === "'") return readString(input, at, 2, "'", token);
        const end = readQString(input, at, 1, token);
        return end < 0 ? this.#word(at, token) : end;
      }
      case "qstring": {
        const end = readQString(input, at, 0, token);
        return end < 0 ? this.#word(at, token) : end;
      }
      case "ustring":
        return this.#ustring(at, token);
      case "xstring":
        return this.#digitString(at, isHexDigit, token);
      case "bstring":
        return this.#digitString(at, isBinaryDigit, token);
      case "bracket": {
        const close = input.indexOf("]", at);
        const end = close < 0 ? input.length : close + 1;
        setToken(token, "n", input.slice(at, end));
        return end;
      }
      case "backslash":
        if (input[at + 1] !== "N") return single(input, at, "\\", token);
        setToken(token, "1", "\\N");
        return at + 2;
      case "tick":
        return readTick(input, at, token);
      default:
        return this.#word(at, token);
    }
  }

  #dash(at: number, token: Token): number {
    const { input } = this;
    if (input[at + 1] !== "-") return single(input, at, "o", token);
    if (at + 2 >= input.length || isWhite(input.charCodeAt(at + 2))) return readLineComment(input, at, token);
    if (this.#mysql) return single(input, at, "o", token);
    this.ansiComments++;
    return readLineComment(input, at, token);
  }

  #hash(at: number, token: Token): number {
    this.hashes++;
    if (!this.#mysql) return single(this.input, at, "o", token);
    this.hashes++;
    return readLineComment(this.input, at, token);
  }

  #estring(at: number, token: Token): number {
    const { input } = this;
    if (input[at + 1] !== "'" || at + 2 >= input.length) return this.#word(at, token);
    return readString(input, at, 2, "'", token);
  }

  #ustring(at: number, token: Token): number {
    const { input } = this;
    if (input[at + 1] !== "&" || input[at + 2] !== "'") return this.#word(at, token);
    const end = readString(input, at + 2, 1, "'", token);
    token.open = "u";
    if (token.close === "'") token.close = "u";
    return end;
  }

  #digitString(at: number, accepts: (unit: number) => boolean, token: Token): number {
    const { input } = this;
    if (at + 2 >= input.length || input[at + 1] !== "'") return this.#word(at, token);
    const end = skipWhile(input, at + 2, accepts);
    if (input[end] !== "'") return this.#word(at, token);
    setToken(token, "1", input.slice(at, end + 1));
    return end + 1;
  }

  /** A word, or the beginning of one up to a dot or backtick when that alone is a keyword (spec: libinjection, 3.14). */
  #word(at: number, token: Token): number {
    const { input } = this;
    let end = at;
    while (end < input.length && wordEnd[input.charCodeAt(end) & 0xff] === 0) end++;
    const text = input.slice(at, Math.min(end, at + TEXT_LIMIT));
    for (let index = 0; index < text.length; index++) {
      if (text[index] !== "." && text[index] !== "`") continue;
      const type = lookUp(text.slice(0, index));
      if (type === "" || type === "n") continue;
      setToken(token, type, text.slice(0, index));
      return at + index;
    }
    setToken(token, (end - at <= TEXT_LIMIT ? lookUp(text) : "") || "n", text);
    return end;
  }
}

function single(input: string, at: number, type: string, token: Token): number {
  setToken(token, type, input[at]!);
  return at + 1;
}

/** To before the next line feed; only LF ends it (spec: libinjection, 3.4). */
function readLineComment(input: string, at: number, token: Token): number {
  const newline = input.indexOf("\n", at);
  const end = newline < 0 ? input.length : newline;
  setToken(token, "c", input.slice(at, Math.min(end, at + TEXT_LIMIT + 1)));
  return newline < 0 ? end : newline + 1;
}

/** `/` or a C comment; nested and `/*!` comments cannot be parsed safely (spec: libinjection, 3.6). */
function readSlash(input: string, at: number, token: Token): number {
  if (input[at + 1] !== "*") return single(input, at, "o", token);
  const close = input.indexOf("*/", at + 2);
  const end = close < 0 ? input.length : close + 2;
  const nested = close >= 0 && isBefore(input.indexOf("/*", at + 2), close);
  setToken(token, nested || input[at + 2] === "!" ? "X" : "c", input.slice(at, Math.min(end, at + TEXT_LIMIT + 1)));
  return end;
}

/** The window of the nested mark ends after the star of the closing pair. */
function isBefore(inner: number, close: number): boolean {
  return inner >= 0 && inner + 2 <= close + 1;
}

function readOperator(input: string, at: number, token: Token): number {
  if (at + 1 >= input.length) return single(input, at, "o", token);
  if (input.startsWith("<=>", at)) {
    setToken(token, "o", "<=>");
    return at + 3;
  }
  const pair = input.slice(at, at + 2);
  const type = lookUp(pair);
  if (type !== "") {
    setToken(token, type, pair);
    return at + 2;
  }
  return single(input, at, input[at] === ":" ? ":" : "o", token);
}

function readTick(input: string, at: number, token: Token): number {
  const end = readString(input, at, 1, "`", token);
  token.type = lookUp(token.text) === "f" ? "f" : "n";
  return end;
}

function readVariable(input: string, at: number, token: Token): number {
  let start = at + 1;
  let count = 1;
  if (input[start] === "@") {
    start++;
    count = 2;
  }
  let end = start;
  const first = input[start];
  if (first === "`") end = readTick(input, start, token);
  else if (first === "'" || first === '"') end = readString(input, start, 1, first, token);
  else {
    while (end < input.length && variableEnd[input.charCodeAt(end) & 0xff] === 0) end++;
    setToken(token, "v", input.slice(start, end));
  }
  token.type = "v";
  token.count = count;
  return end;
}
