import type { Sanitised } from "../control.ts";
import type { ByteString } from "../text/bytes.ts";
import { isSpace } from "../text/ascii.ts";

/** Hides values in audit entries as sanitise* actions asked: every byte becomes `*`. */
export class Masking {
  readonly #args = new Set<string>();
  readonly #requestHeaders = new Set<string>();
  readonly #responseHeaders = new Set<string>();
  #wholeBody = false;
  /** A value of unknown origin is hidden: it may stand anywhere. */
  #everything = false;

  constructor(sanitised: readonly Sanitised[]) {
    for (const { kind, name } of sanitised) {
      if (kind === "arg") this.#args.add(name);
      else if (kind === "request-header") this.#requestHeaders.add(name);
      else if (kind === "response-header") this.#responseHeaders.add(name);
      else this.#addMatched(name);
    }
  }

  /** `name` is a MATCHED_VAR_NAME such as `ARGS:password`. */
  #addMatched(name: string): void {
    const colon = name.indexOf(":");
    const variable = colon < 0 ? name : name.slice(0, colon);
    const key = colon < 0 ? "" : name.slice(colon + 1).toLowerCase();
    if (variable.startsWith("ARGS") && !variable.endsWith("_NAMES")) this.#args.add(key);
    else if (variable === "REQUEST_HEADERS") this.#requestHeaders.add(key);
    else if (variable === "REQUEST_COOKIES") this.#requestHeaders.add("cookie");
    else if (variable === "RESPONSE_HEADERS") this.#responseHeaders.add(key);
    else if (variable === "REQUEST_BODY") this.#wholeBody = true;
    else this.#everything = true;
  }

  get isEmpty(): boolean {
    return (
      this.#args.size + this.#requestHeaders.size + this.#responseHeaders.size === 0 &&
      !this.#wholeBody &&
      !this.#everything
    );
  }

  arg(name: ByteString, value: ByteString): ByteString {
    return this.#everything || this.#wholeBody || this.#args.has(name.toLowerCase()) ? stars(value) : value;
  }

  requestHeader(name: ByteString, value: ByteString): ByteString {
    return this.#everything || this.#requestHeaders.has(name.toLowerCase()) ? stars(value) : value;
  }

  responseHeader(name: ByteString, value: ByteString): ByteString {
    return this.#everything || this.#responseHeaders.has(name.toLowerCase()) ? stars(value) : value;
  }

  /**
   * A text that holds argument values: a URI or a body. Once any argument is hidden the query or body is hidden as a whole
   * where it cannot be told apart piece by piece.
   */
  form(text: ByteString): ByteString {
    if (this.#everything || this.#wholeBody) return stars(text);
    if (this.#args.size === 0) return text;
    return maskPieces(text, (name) => this.#args.has(plainName(name)));
  }

  responseBody(text: ByteString): ByteString {
    return this.#everything ? stars(text) : text;
  }

  /** A request body. One that was not read as a form is hidden whole once any argument is: its pieces cannot be told apart. */
  body(text: ByteString, processor: string): ByteString {
    return processor === "URLENCODED" || this.#args.size === 0 ? this.form(text) : stars(text);
  }
}

/** Masks the values of `name=value` pieces between `?`, `&` and white space. One pass. */
function maskPieces(text: ByteString, isHidden: (name: string) => boolean): ByteString {
  let out = "";
  let from = 0;
  let equals = -1;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && !isSeparator(text.charCodeAt(at))) {
      if (equals < 0 && text.charCodeAt(at) === 0x3d) equals = at;
      continue;
    }
    const hides = equals > from && isHidden(text.slice(from, equals));
    out += hides ? text.slice(from, equals + 1) + stars(text.slice(equals + 1, at)) : text.slice(from, at);
    out += text.slice(at, at + 1);
    from = at + 1;
    equals = -1;
  }
  return out;
}

/** `?`, `&`, white space. */
function isSeparator(unit: number): boolean {
  return unit === 0x3f || unit === 0x26 || isSpace(unit);
}

function plainName(name: string): string {
  return name
    .replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replaceAll("+", " ")
    .toLowerCase();
}

function stars(value: ByteString): ByteString {
  return "*".repeat(value.length);
}
