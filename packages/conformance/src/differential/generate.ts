import type { DifferentialExchange } from "./exchange.ts";

/** Numbers in [0, 1), the same for the same seed. */
export type Random = () => number;

/** mulberry32, a generator of the public domain. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const MOST_BODY = 500;
const types = [
  "application/x-www-form-urlencoded",
  "application/json",
  "text/xml",
  "text/plain",
  "multipart/form-data; boundary=B",
  "application/json; charset=utf-8",
];
const bits = [
  "'",
  '"',
  "<",
  ">",
  "\\",
  "%",
  "%00",
  "\0",
  "/*",
  "*/",
  "--",
  "../",
  ";",
  "|",
  "`",
  "$(",
  "${",
  "&#x",
  "\xff",
  "\xc3\xa9",
  "\r\n",
  "=",
  "&",
  " ",
];

/**
 * Makes exchanges out of others: pieces of several ones are put into each other and bytes are changed, escaped, doubled
 * or lost, so that rules see what nearly matches as often as what matches.
 */
export class ExchangeGenerator {
  readonly #random: Random;
  readonly #corpus: readonly DifferentialExchange[];

  constructor(corpus: readonly DifferentialExchange[], seed: number) {
    this.#corpus = corpus;
    this.#random = randomOf(seed);
  }

  next(name: string): DifferentialExchange {
    const base = this.#pick(this.#corpus);
    const donor = this.#pick(this.#corpus);
    let { method, uri } = base;
    let headers = base.headers.map(([key, value]) => [key, value] as [string, string]);
    let body = base.body.slice(0, MOST_BODY);
    for (let changes = this.#below(5); changes > 0; changes--) {
      const kind = this.#below(8);
      if (kind <= 1) uri = this.#change(uri, donor);
      else if (kind <= 3) body = this.#change(body, donor);
      else if (kind === 4) headers = this.#changeHeaders(headers, donor);
      else if (kind === 5) [method, body] = this.#withForm(uri, donor);
      else if (kind === 6) uri += `${uri.includes("?") ? "&" : "?"}${this.#fragment(donor)}=${this.#fragment(donor)}`;
      else headers.push(["Cookie", `${this.#fragment(donor)}=${this.#fragment(donor)}`]);
    }
    if (this.#below(6) === 0) headers = [...headers, ["Content-Type", this.#pick(types)]];
    return { name, method, uri, protocol: base.protocol, headers, body, response: this.#response(base, donor) };
  }

  #response(base: DifferentialExchange, donor: DifferentialExchange): DifferentialExchange["response"] {
    const { status, headers, body } = this.#below(2) === 0 ? base.response : donor.response;
    const text = body.slice(0, MOST_BODY);
    return { status, headers, body: this.#below(3) === 0 ? this.#change(text, donor) : text };
  }

  #changeHeaders(headers: [string, string][], donor: DifferentialExchange): [string, string][] {
    if (headers.length === 0) return headers;
    const at = this.#below(headers.length);
    const [key, value] = headers[at]!;
    const kind = this.#below(5);
    if (kind === 0) return headers.toSpliced(at, 1);
    if (kind === 1) return [...headers, [key, value]];
    if (kind === 2 && donor.headers.length > 0) {
      const [name, text] = this.#pick(donor.headers);
      return [...headers, [name, text]];
    }
    if (kind === 3) return headers.with(at, [this.#change(key, donor), value]);
    return headers.with(at, [key, this.#change(value, donor)]);
  }

  /** A form whose values come from elsewhere. */
  #withForm(uri: string, donor: DifferentialExchange): [method: string, body: string] {
    const fields: string[] = [];
    for (let count = 1 + this.#below(4); count > 0; count--) fields.push(`f${count}=${escape(this.#fragment(donor))}`);
    return ["POST", uri.length % 2 === 0 ? fields.join("&") : fields.map((field) => unescape(field)).join("&")];
  }

  /** A piece of a value of another exchange, as it stands or decoded. */
  #fragment(donor: DifferentialExchange): string {
    const query = donor.uri.includes("?") ? donor.uri.slice(donor.uri.indexOf("?") + 1) : donor.uri;
    const sources = [query, donor.body, donor.response.body, ...donor.headers.map(([, value]) => value)];
    const source = this.#pick(sources.filter((text) => text !== ""));
    if (source === undefined) return "x";
    const whole = this.#below(2) === 0 ? unescape(source) : source;
    const from = this.#below(3) === 0 ? this.#below(whole.length) : Math.max(0, whole.search(/[=:]/) + 1);
    return whole.slice(from, from + 1 + this.#below(120));
  }

  #change(text: string, donor: DifferentialExchange): string {
    const at = this.#below(text.length + 1);
    const length = this.#below(12);
    const piece = text.slice(at, at + length);
    return text.slice(0, at) + this.#instead(piece, donor) + text.slice(at + length);
  }

  #instead(piece: string, donor: DifferentialExchange): string {
    switch (this.#below(10)) {
      case 0:
        return "";
      case 1:
        return piece + this.#fragment(donor);
      case 2:
        return piece + this.#pick(bits);
      case 3:
        return escape(piece);
      case 4:
        return escape(escape(piece));
      case 5:
        return this.#below(2) === 0 ? upperCase(piece) : piece.toLowerCase();
      case 6:
        return [...piece].map((unit) => `&#${unit.charCodeAt(0)};`).join("");
      case 7:
        return [...piece].map((unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
      case 8:
        return [...piece].join(this.#pick(["\\", "''", "/**/", "\0", "\t"]));
      default:
        return piece + String.fromCharCode(this.#below(256));
    }
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }
}

/** Of ASCII letters: the capital of a byte over 127 need not be a byte. */
function upperCase(text: string): string {
  return text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}

function escape(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function unescape(text: string): string {
  return text
    .replaceAll("+", " ")
    .replaceAll(/%([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
