import { isHarmless } from "./harmless.ts";
import { isKnownFingerprint } from "./fingerprints.ts";
import { Folding } from "./folding.ts";
import { SqlTokenizer } from "./tokenizer.ts";
import { beginsWith, unitOf } from "./token.ts";
import { letterOf, Type } from "./types.ts";

const { KEYWORD, UNION, BAREWORD, NUMBER, VARIABLE, STRING, OPERATOR, LOGIC, COMMENT, EVIL } = Type;

const APOSTROPHE = 0x27;
const QUOTE = 0x22;
const DASH = 0x2d;
const HASH = 0x23;
const SLASH = 0x2f;
const TICK = 0x60;

/** One for all values; a value is read from the beginning to the end before the next. */
const tokenizer = new SqlTokenizer();
const folding = new Folding(tokenizer);

/**
 * Reads a value as SQL in up to five ways and looks the outcome up: the fingerprint when one of them is an injection,
 * undefined otherwise. `value` is a byte string. Source: spec libinjection, 5.
 */
export function detectSqli(value: string): string | undefined {
  return isHarmless(value) ? undefined : detectByPasses(value);
}

/** {@link detectSqli} without its short cut. */
export function detectByPasses(value: string): string | undefined {
  const plain = tryBoth(value, 0);
  if (plain !== undefined) return plain;
  if (value.includes("'")) {
    const single = tryBoth(value, APOSTROPHE);
    if (single !== undefined) return single;
  }
  return value.includes('"') ? tryOne(value, QUOTE, true) : undefined;
}

/** ANSI first; MySQL when comments would be read differently there. */
function tryBoth(value: string, quote: number): string | undefined {
  const found = tryOne(value, quote, false);
  if (found !== undefined) return found;
  return tokenizer.ansiComments > 0 || tokenizer.hashes > 0 ? tryOne(value, quote, true) : undefined;
}

function tryOne(value: string, quote: number, mysql: boolean): string | undefined {
  tokenizer.reset(value, quote, mysql);
  const { slots } = folding;
  const count = folding.fold();
  if (count > 2) {
    const last = slots[count - 1]!;
    if (last.type === BAREWORD && last.open === TICK && last.length === 0 && last.close === 0) last.type = COMMENT;
  }
  for (let index = 0; index < count; index++) if (slots[index]!.type === EVIL) return "X";
  if (count === 0 || !isKnownFingerprint(slots, count) || !isInjection(value, count)) return undefined;
  let fingerprint = "";
  for (let index = 0; index < count; index++) fingerprint += letterOf(slots[index]!.type);
  return fingerprint;
}

/** Known fingerprints that harmless text has too are told apart here (spec: libinjection, 5.4). */
function isInjection(value: string, count: number): boolean {
  if (count > 1 && folding.slots[count - 1]!.type === COMMENT && value.includes("sp_password")) return true;
  if (count === 2) return isInjectionOfTwo(value);
  return count !== 3 || isInjectionOfThree(value);
}

function isInjectionOfTwo(value: string): boolean {
  const t0 = folding.slots[0]!;
  const t1 = folding.slots[1]!;
  const { tokens } = tokenizer;
  if (t1.type === UNION) return tokens !== 2;
  const first = unitOf(t1, value, 0);
  if (first === HASH) return false;
  if (t0.type === BAREWORD && t1.type === COMMENT && first !== SLASH) return false;
  if (t0.type === NUMBER && t1.type === COMMENT) {
    // Compat: as the Go version, which flags every other comment than /* at once (spec: libinjection, S2).
    if (first !== SLASH) return true;
    if (tokens > 2) return true;
    const at = t0.length;
    const unit = at < value.length ? value.charCodeAt(at) : 0;
    if (unit <= 32) return true;
    return value.startsWith("/*", at) || value.startsWith("--", at);
  }
  return !(t1.length > 2 && first === DASH);
}

function isInjectionOfThree(value: string): boolean {
  const [t0, t1, t2] = folding.slots as [
    (typeof folding.slots)[0],
    (typeof folding.slots)[0],
    (typeof folding.slots)[0],
  ];
  if (t0.type === STRING && t2.type === STRING && (t1.type === OPERATOR || t1.type === LOGIC))
    return t0.open === 0 && t2.close === 0 && t0.close === t2.open;
  if (t1.type === LOGIC && isHarmlessLogic(t0.type, t2.type)) return tokenizer.tokens !== 3;
  if (t1.type === KEYWORD) return t1.length >= 5 && beginsWith(t1, value, "INTO");
  return true;
}

/** Texts like "Tom & Jerry" and "1 and 2": s&n, n&1, 1&1, 1&v, 1&s. */
function isHarmlessLogic(first: number, last: number): boolean {
  switch (first) {
    case STRING:
      return last === BAREWORD;
    case BAREWORD:
      return last === NUMBER;
    default:
      return first === NUMBER && (last === NUMBER || last === VARIABLE || last === STRING);
  }
}
