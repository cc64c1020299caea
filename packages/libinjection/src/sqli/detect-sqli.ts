import type { Token } from "./token.ts";
import { Folding } from "./folding.ts";
import { SqlTokenizer } from "./tokenizer.ts";
import { isKnownFingerprint, toUpperAscii } from "./words.ts";

/**
 * Reads a value as SQL in up to five ways and looks the outcome up: the fingerprint when one of them is an injection,
 * undefined otherwise. `value` is a byte string. Source: spec libinjection, 5.
 */
export function detectSqli(value: string): string | undefined {
  if (value === "" || isOneWord(value)) return undefined;
  const plain = tryBoth(value, "");
  if (plain !== undefined) return plain;
  if (value.includes("'")) {
    const single = tryBoth(value, "'");
    if (single !== undefined) return single;
  }
  return value.includes('"') ? new Pass(value, '"', true).detect() : undefined;
}

/**
 * A word or a whole number by itself: one token, and no fingerprint of an injection has a single one.
 * Perf: true of most values; saves the passes (packages/bench, benign workload).
 */
function isOneWord(value: string): boolean {
  const first = value.charCodeAt(0);
  const startsWithDigit = isDigit(first);
  if (!startsWithDigit && !isLetter(first)) return false;
  for (let at = 1; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (!isDigit(unit) && (startsWithDigit || !isLetter(unit))) return false;
  }
  return true;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** A to Z, a to z, low line. */
function isLetter(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || unit === 0x5f;
}

/** ANSI first; MySQL when comments would be read differently there. */
function tryBoth(value: string, quote: string): string | undefined {
  const ansi = new Pass(value, quote, false);
  const found = ansi.detect();
  if (found !== undefined) return found;
  return ansi.dependsOnDialect ? new Pass(value, quote, true).detect() : undefined;
}

/** Perf: one for all passes; making its slots anew was a fifth of the time of a short value. */
const folding = new Folding();

class Pass {
  readonly #input: string;
  readonly #tokenizer: SqlTokenizer;

  constructor(input: string, quote: string, mysql: boolean) {
    this.#input = input;
    this.#tokenizer = new SqlTokenizer(input, quote, mysql);
  }

  get dependsOnDialect(): boolean {
    return this.#tokenizer.ansiComments > 0 || this.#tokenizer.hashes > 0;
  }

  detect(): string | undefined {
    const { slots } = folding;
    const count = folding.fold(this.#tokenizer);
    const last = slots[count - 1];
    if (count > 2 && last!.type === "n" && last!.open === "`" && last!.text === "" && last!.close === "")
      last!.type = "c";
    let fingerprint = "";
    for (let index = 0; index < count; index++) fingerprint += slots[index]!.type;
    if (fingerprint.includes("X")) return "X";
    if (fingerprint === "" || !isKnownFingerprint(fingerprint)) return undefined;
    return this.#isInjection(fingerprint, slots) ? fingerprint : undefined;
  }

  /** Known fingerprints that harmless text has too are told apart here (spec: libinjection, 5.4). */
  #isInjection(fingerprint: string, slots: readonly Token[]): boolean {
    const [t0, t1, t2] = slots as [Token, Token, Token];
    if (fingerprint.length > 1 && fingerprint.endsWith("c") && this.#input.includes("sp_password")) return true;
    if (fingerprint.length === 2) return this.#isInjectionOfTwo(fingerprint, t0, t1);
    if (fingerprint.length === 3) return this.#isInjectionOfThree(fingerprint, t0, t1, t2);
    return true;
  }

  #isInjectionOfTwo(fingerprint: string, t0: Token, t1: Token): boolean {
    const { tokens } = this.#tokenizer;
    if (fingerprint[1] === "U") return tokens !== 2;
    if (t1.text.startsWith("#")) return false;
    if (t0.type === "n" && t1.type === "c" && !t1.text.startsWith("/")) return false;
    if (t0.type === "1" && t1.type === "c") {
      // Compat: as the Go version, which flags every other comment than /* at once (spec: libinjection, S2).
      if (!t1.text.startsWith("/")) return true;
      if (tokens > 2) return true;
      const at = t0.text.length;
      const unit = at < this.#input.length ? this.#input.charCodeAt(at) : 0;
      if (unit <= 32) return true;
      return this.#input.startsWith("/*", at) || this.#input.startsWith("--", at);
    }
    return !(t1.text.length > 2 && t1.text.startsWith("-"));
  }

  #isInjectionOfThree(fingerprint: string, t0: Token, t1: Token, t2: Token): boolean {
    if (fingerprint === "sos" || fingerprint === "s&s")
      return t0.open === "" && t2.close === "" && t0.close === t2.open;
    if (["s&n", "n&1", "1&1", "1&v", "1&s"].includes(fingerprint)) return this.#tokenizer.tokens !== 3;
    if (t1.type === "k") return t1.text.length >= 5 && toUpperAscii(t1.text.slice(0, 4)) === "INTO";
    return true;
  }
}
