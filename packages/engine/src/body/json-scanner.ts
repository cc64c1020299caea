import type { ByteString } from "../text/bytes.ts";
import { isDigit } from "../text/ascii.ts";
import { decodeJsonString } from "./json-string.ts";
import { NameBudget } from "./name-budget.ts";

const INVALID = "invalid JSON";
const TOO_DEEP = "max recursion reached while reading json object";
const NAMES_TOO_LONG = "the names of nested members are too long";

/** How far a document was read, and what was wrong with it. */
export interface JsonScan {
  readonly error: string | undefined;
  /** Offset that reading came to; short of the end when it stopped before. */
  readonly end: number;
}

/** An object or array being read. */
interface Frame {
  /** Name of the container itself. */
  readonly name: ByteString;
  readonly isArray: boolean;
  /** Items read so far. */
  count: number;
  /** What stood last in it: nothing yet, an item, a comma. */
  last: "nothing" | "item" | "comma";
}

/**
 * Reads JSON once, front to back, without recursion, and hands every leaf to `add`: strings decoded, numbers and words as
 * written, null as "", each array also as its number of items. Names join object keys and array indexes with dots and
 * begin with `json`. The root counts as depth 1. (Spec: transaction, 6.3.)
 *
 * Strict and lenient at once: what is not JSON gives an error text, and reading goes on as a forgiving parser would, so
 * that a raw line feed in one string hides no later member. Only depth, names beyond all bounds, and the end of the first
 * value stop it.
 *
 * Compat: duplicate keys, also ones that differ in case, are all handed over (gaps A7).
 */
export function scanJson(
  text: ByteString,
  depthLimit: number,
  add: (name: ByteString, value: ByteString) => void,
): JsonScan {
  return new JsonScanner(text, depthLimit, add).scan();
}

class JsonScanner {
  readonly #text: ByteString;
  readonly #depthLimit: number;
  readonly #add: (name: ByteString, value: ByteString) => void;
  readonly #names: NameBudget;
  readonly #frames: Frame[] = [];
  #at = 0;
  #valid = true;
  /** Why reading stopped. */
  #stopped: string | undefined = undefined;

  constructor(text: ByteString, depthLimit: number, add: (name: ByteString, value: ByteString) => void) {
    this.#text = text;
    this.#depthLimit = depthLimit;
    this.#add = add;
    this.#names = new NameBudget(text.length);
  }

  scan(): JsonScan {
    const error = this.#document();
    return { error, end: this.#at };
  }

  #document(): string | undefined {
    // A byte order mark is passed over, as many parsers do (RFC 8259, 8.1).
    if (this.#text.startsWith("\xef\xbb\xbf")) this.#at = 3;
    this.#skipSpace();
    const first = this.#text.charCodeAt(this.#at);
    if (Number.isNaN(first)) return INVALID;
    const isContainer = first === 0x7b || first === 0x5b;
    // A scalar at the top is read as an array of one, as Coraza does.
    this.#value(isContainer ? "json" : "json.0");
    while (this.#frames.length > 0 && this.#stopped === undefined) this.#step(this.#frames[this.#frames.length - 1]!);
    if (!isContainer) this.#leaf("json", "1");
    this.#closeOpenArrays();
    if (this.#stopped !== undefined) return this.#stopped;
    this.#skipSpace();
    return this.#valid && this.#at >= this.#text.length ? undefined : INVALID;
  }

  /** The next item of a container, its end, or a mark between items. */
  #step(frame: Frame): void {
    this.#skipSpace();
    if (this.#at >= this.#text.length) {
      this.#stopped = INVALID;
      return;
    }
    const unit = this.#text.charCodeAt(this.#at);
    if (unit === 0x5d || unit === 0x7d) {
      this.#at++;
      if (frame.last === "comma" || frame.isArray !== (unit === 0x5d)) this.#valid = false;
      this.#frames.pop();
      if (frame.isArray && frame.count > 0) this.#leaf(frame.name, String(frame.count));
    } else if (unit === 0x2c) {
      this.#at++;
      if (frame.last !== "item") this.#valid = false;
      frame.last = "comma";
    } else if (unit === 0x3a) {
      this.#at++;
      this.#valid = false;
    } else {
      if (frame.last === "item") this.#valid = false;
      frame.last = "item";
      const index = frame.count++;
      if (frame.isArray) this.#value(`${frame.name}.${index}`);
      else this.#member(frame.name, unit);
    }
  }

  #member(container: ByteString, unit: number): void {
    let key = "";
    if (unit === 0x22) key = this.#string();
    else {
      this.#valid = false;
      if (unit !== 0x7b && unit !== 0x5b) key = this.#word();
    }
    const name = `${container}.${key}`;
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) === 0x3a) {
      this.#at++;
      this.#skipSpace();
    } else this.#valid = false;
    const next = this.#text.charCodeAt(this.#at);
    if (next === 0x2c || next === 0x5d || next === 0x7d || next === 0x3a || Number.isNaN(next)) {
      this.#valid = false;
      this.#leaf(name, "");
    } else this.#value(name);
  }

  /** Reads a scalar, or opens a container whose items `#step` reads. */
  #value(name: ByteString): void {
    const unit = this.#text.charCodeAt(this.#at);
    if (unit === 0x7b || unit === 0x5b) {
      if (this.#frames.length >= this.#depthLimit) {
        this.#stopped = TOO_DEEP;
        return;
      }
      this.#at++;
      this.#frames.push({ name, isArray: unit === 0x5b, count: 0, last: "nothing" });
    } else if (unit === 0x22) this.#leaf(name, this.#string());
    else {
      const word = this.#word();
      if (!isScalar(word)) this.#valid = false;
      this.#leaf(name, word === "null" ? "" : word);
    }
  }

  #leaf(name: ByteString, value: ByteString): void {
    if (this.#names.take(name)) this.#add(name, value);
    else this.#stopped ??= NAMES_TOO_LONG;
  }

  /** Arrays that were not closed still have their numbers of items, innermost first. */
  #closeOpenArrays(): void {
    for (let at = this.#frames.length - 1; at >= 0; at--) {
      const { name, isArray, count } = this.#frames[at]!;
      if (isArray && count > 0) this.#leaf(name, String(count));
    }
  }

  #string(): ByteString {
    const { value, next, valid } = decodeJsonString(this.#text, this.#at + 1);
    this.#at = next;
    if (!valid) this.#valid = false;
    return value;
  }

  /** Invariant: takes at least one byte unless one of the marks stands there. */
  #word(): ByteString {
    const start = this.#at;
    while (this.#at < this.#text.length && !isMark(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#text.slice(start, this.#at);
  }

  #skipSpace(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit > 0x20) return;
      // Other controls are no white space in JSON, but hide nothing either.
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) this.#valid = false;
    }
  }
}

/** Ends a word: blank or control, `"` `,` `:` `[` `]` `{` `}`. */
function isMark(unit: number): boolean {
  if (unit <= 0x20 || unit === 0x22 || unit === 0x2c || unit === 0x3a) return true;
  return unit === 0x5b || unit === 0x5d || unit === 0x7b || unit === 0x7d;
}

function isScalar(word: ByteString): boolean {
  return word === "true" || word === "false" || word === "null" || isNumber(word);
}

/** RFC 8259, 6. */
function isNumber(word: ByteString): boolean {
  let at = word.charCodeAt(0) === 0x2d ? 1 : 0;
  const whole = at;
  at = skipDigits(word, at);
  if (at === whole || (at > whole + 1 && word.charCodeAt(whole) === 0x30)) return false;
  if (word.charCodeAt(at) === 0x2e) {
    const fraction = at + 1;
    at = skipDigits(word, fraction);
    if (at === fraction) return false;
  }
  if ((word.charCodeAt(at) | 0x20) === 0x65) {
    at++;
    if (word.charCodeAt(at) === 0x2b || word.charCodeAt(at) === 0x2d) at++;
    const exponent = at;
    at = skipDigits(word, at);
    if (at === exponent) return false;
  }
  return at === word.length;
}

function skipDigits(word: ByteString, from: number): number {
  let at = from;
  while (isDigit(word.charCodeAt(at))) at++;
  return at;
}
