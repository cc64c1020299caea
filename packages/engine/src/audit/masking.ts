import type { Sanitised } from "../control.ts";
import type { ByteString } from "../text/bytes.ts";
import { isSpace } from "../text/ascii.ts";

/** Values that logs must never show, by name in any case. */
export interface MaskingList {
  readonly arguments?: readonly string[];
  readonly cookies?: readonly string[];
  readonly requestHeaders?: readonly string[];
  readonly responseHeaders?: readonly string[];
}

/** The list as sanitise* actions put it. */
export function sanitisedBy(list: MaskingList | undefined): readonly Sanitised[] {
  if (list === undefined) return [];
  const of = (kind: Sanitised["kind"], names: readonly string[] = []): Sanitised[] =>
    names.map((name) => ({ kind, name: name.toLowerCase() }));
  return [
    ...of("arg", list.arguments),
    ...of("cookie", list.cookies),
    ...of("request-header", list.requestHeaders),
    ...of("response-header", list.responseHeaders),
  ];
}

/** Variables that show parts of a request without any value of an argument, header or cookie. */
const harmless: ReadonlySet<string> = new Set(
  (
    "ARGS_NAMES ARGS_GET_NAMES ARGS_POST_NAMES REQUEST_HEADERS_NAMES REQUEST_COOKIES_NAMES RESPONSE_HEADERS_NAMES " +
    "REQUEST_METHOD REQUEST_PROTOCOL REQUEST_FILENAME REQUEST_BASENAME PATH_INFO REMOTE_ADDR REMOTE_HOST REMOTE_PORT " +
    "SERVER_ADDR SERVER_NAME SERVER_PORT RESPONSE_STATUS STATUS_LINE FILES FILES_NAMES FILES_SIZES DURATION " +
    "REQUEST_BODY_LENGTH FULL_REQUEST_LENGTH ARGS_COMBINED_SIZE FILES_COMBINED_SIZE REQBODY_ERROR REQBODY_PROCESSOR " +
    "MULTIPART_STRICT_ERROR MULTIPART_UNMATCHED_BOUNDARY UNIQUE_ID"
  ).split(" "),
);

/**
 * Hides values in logs, as sanitise* actions and the list of the WAF ask: every byte becomes `*`.
 *
 * Compat: ModSecurity hides them in the request's own parts of an audit entry alone; here what rules quote of them, the
 * error log and `explain` are masked too, since a password in `data` is as readable as one in the body.
 */
export class Masking {
  readonly #args = new Set<string>();
  readonly #cookies = new Set<string>();
  readonly #requestHeaders = new Set<string>();
  readonly #responseHeaders = new Set<string>();
  #wholeBody = false;
  /** A value of unknown origin is hidden: it may stand anywhere. */
  #everything = false;

  constructor(sanitised: readonly Sanitised[]) {
    for (const { kind, name } of sanitised) {
      if (kind === "arg") this.#args.add(name);
      else if (kind === "cookie") this.#cookies.add(name);
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
    else if (variable === "REQUEST_COOKIES") this.#cookies.add(key);
    else if (variable === "RESPONSE_HEADERS") this.#responseHeaders.add(key);
    else if (variable === "REQUEST_BODY") this.#wholeBody = true;
    else this.#everything = true;
  }

  get isEmpty(): boolean {
    return (
      this.#args.size + this.#cookies.size + this.#requestHeaders.size + this.#responseHeaders.size === 0 &&
      !this.#wholeBody &&
      !this.#everything
    );
  }

  arg(name: ByteString, value: ByteString): ByteString {
    return this.#everything || this.#wholeBody || this.#args.has(name.toLowerCase()) ? stars(value) : value;
  }

  requestHeader(name: ByteString, value: ByteString): ByteString {
    const lower = name.toLowerCase();
    if (this.#everything || this.#requestHeaders.has(lower)) return stars(value);
    if (lower === "cookie" && this.#cookies.size > 0) {
      return maskPieces(value, isCookieSeparator, (cookie) => this.#cookies.has(cookie.trim().toLowerCase()));
    }
    // A link back to a form carries its arguments.
    return lower === "referer" ? this.form(value) : value;
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
    return maskPieces(text, isSeparator, (name) => this.#args.has(plainName(name)));
  }

  responseBody(text: ByteString): ByteString {
    return this.#everything ? stars(text) : text;
  }

  /** True when a match at this place may quote a hidden value. What cannot be told apart counts as hidden. */
  hidesMatch(variable: string, key: ByteString): boolean {
    if (this.isEmpty || harmless.has(variable)) return false;
    if (this.#everything) return true;
    const lower = key.toLowerCase();
    if (variable === "ARGS" || variable === "ARGS_GET" || variable === "ARGS_POST" || variable === "ARGS_PATH") {
      return this.#wholeBody || this.#args.has(lower);
    }
    if (variable === "REQUEST_COOKIES") return this.#cookies.has(lower) || this.#requestHeaders.has("cookie");
    if (variable === "REQUEST_HEADERS") return this.requestHeader(lower, "a=a") !== "a=a" || this.#hidesInside(lower);
    if (variable === "RESPONSE_HEADERS") return this.#responseHeaders.has(lower);
    if (variable === "RESPONSE_BODY") return false;
    // Scores and levels are numbers that rules made; captures and other texts of TX may be anything.
    if (variable === "TX") return !/score|threshold|level|count/.test(lower);
    return true;
  }

  #hidesInside(header: string): boolean {
    return (header === "cookie" && this.#cookies.size > 0) || (header === "referer" && this.#args.size > 0);
  }

  /** A request body. One that was not read as a form is hidden whole once any argument is: its pieces cannot be told apart. */
  body(text: ByteString, processor: string): ByteString {
    return processor === "URLENCODED" || this.#args.size === 0 ? this.form(text) : stars(text);
  }
}

/** Masks the values of `name=value` pieces between separators. One pass. */
function maskPieces(
  text: ByteString,
  isSeparatorHere: (unit: number) => boolean,
  isHidden: (name: string) => boolean,
): ByteString {
  let out = "";
  let from = 0;
  let equals = -1;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && !isSeparatorHere(text.charCodeAt(at))) {
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

/** `;` and `,`: what separates cookies in some readings of the header. */
function isCookieSeparator(unit: number): boolean {
  return unit === 0x3b || unit === 0x2c;
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
