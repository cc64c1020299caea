import type { ByteString } from "../text/bytes.ts";
import { decodeJsonString } from "./json-string.ts";

const INVALID = "invalid JSON";
const TOO_DEEP = "max recursion reached while reading json object";

/** An object or array being read. */
interface Frame {
  /** Name of the container itself. */
  readonly name: ByteString;
  readonly isArray: boolean;
  /** Items read so far. */
  count: number;
}

/**
 * Reads JSON once, front to back, without recursion, and hands every leaf to `add`: strings decoded, numbers and words as
 * written, null as "", each array also as its number of items. Returns an error text for what is not valid; leaves before
 * the fault have been handed over.
 *
 * Names join object keys and array indexes with dots, beginning with `json`. The root counts as depth 1.
 */
export function scanJson(
  text: ByteString,
  depthLimit: number,
  add: (name: ByteString, value: ByteString) => void,
): string | undefined {
  return new JsonScanner(text, depthLimit, add).scan();
}

class JsonScanner {
  readonly #text: ByteString;
  readonly #depthLimit: number;
  readonly #add: (name: ByteString, value: ByteString) => void;
  readonly #frames: Frame[] = [];
  #at = 0;

  constructor(text: ByteString, depthLimit: number, add: (name: ByteString, value: ByteString) => void) {
    this.#text = text;
    this.#depthLimit = depthLimit;
    this.#add = add;
  }

  scan(): string | undefined {
    this.#skipSpace();
    const first = this.#text[this.#at];
    const isContainer = first === "{" || first === "[";
    // Compat: a scalar at the top is read as an array of one, as Coraza does.
    let error = this.#value(isContainer ? "json" : "json.0");
    while (error === undefined && this.#frames.length > 0) error = this.#next(this.#frames.at(-1)!);
    if (error !== undefined) {
      this.#closeOpenArrays();
      return error;
    }
    if (!isContainer) this.#add("json", "1");
    this.#skipSpace();
    return this.#at < this.#text.length ? INVALID : undefined;
  }

  /** Reads a value, or opens a container whose items `#next` reads. */
  #value(name: ByteString): string | undefined {
    const unit = this.#text[this.#at];
    if (unit === "{" || unit === "[") {
      if (this.#frames.length >= this.#depthLimit) return TOO_DEEP;
      this.#at++;
      this.#frames.push({ name, isArray: unit === "[", count: 0 });
      return undefined;
    }
    if (unit === '"') return this.#string((value) => this.#add(name, value));
    const start = this.#at;
    while (this.#at < this.#text.length && !isDelimiter(this.#text.charCodeAt(this.#at))) this.#at++;
    const word = this.#text.slice(start, this.#at);
    if (word === "") return INVALID;
    this.#add(name, word === "null" ? "" : word);
    return isScalar(word) ? undefined : INVALID;
  }

  /** The next item of a container, or its end. */
  #next(frame: Frame): string | undefined {
    this.#skipSpace();
    const close = frame.isArray ? "]" : "}";
    if (this.#text[this.#at] === close) {
      this.#at++;
      return this.#close(frame);
    }
    if (frame.count > 0) {
      if (this.#text[this.#at] !== ",") return INVALID;
      this.#at++;
      this.#skipSpace();
      if (this.#text[this.#at] === close) return INVALID;
    }
    if (frame.isArray) return this.#value(`${frame.name}.${frame.count++}`);
    return this.#member(frame);
  }

  #member(frame: Frame): string | undefined {
    if (this.#text[this.#at] !== '"') return INVALID;
    let key = "";
    const error = this.#string((text) => {
      key = text;
    });
    if (error !== undefined) return error;
    this.#skipSpace();
    if (this.#text[this.#at] !== ":") return INVALID;
    this.#at++;
    this.#skipSpace();
    frame.count++;
    return this.#value(`${frame.name}.${key}`);
  }

  #close(frame: Frame): undefined {
    this.#frames.pop();
    if (frame.isArray && frame.count > 0) this.#add(frame.name, String(frame.count));
    return undefined;
  }

  #closeOpenArrays(): void {
    for (const { name, isArray, count } of this.#frames.toReversed())
      if (isArray && count > 0) this.#add(name, String(count));
  }

  #string(take: (value: ByteString) => void): string | undefined {
    const { value, next, valid, closed } = decodeJsonString(this.#text, this.#at + 1);
    this.#at = next;
    take(value);
    return valid && closed ? undefined : INVALID;
  }

  #skipSpace(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
    }
  }
}

function isDelimiter(unit: number): boolean {
  // , ] } : white space, and what can only begin something else.
  return unit <= 0x20 || unit === 0x2c || unit === 0x5d || unit === 0x7d || unit === 0x3a || unit === 0x22;
}

function isScalar(word: ByteString): boolean {
  if (word === "true" || word === "false" || word === "null") return true;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(word);
}
