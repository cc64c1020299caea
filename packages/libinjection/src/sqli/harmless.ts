import { skipDigits } from "./bytes.ts";
import { readNumber } from "./numbers.ts";
import { emptyToken, TEXT_LIMIT } from "./token.ts";
import { addToHash, findHashed, foldsBeyondAscii, isHarmlessWord, isPlainWord } from "./words.ts";

/** What a byte is to a text that is read without folding. */
const Kind = { WORD: 0, DIGIT: 1, DOT: 2, END: 3, PAIR: 4, SLASH: 5, OTHER: 6 } as const;

const kinds = new Uint8Array(256);
kinds.fill(Kind.OTHER, 0, 0x80);
for (let byte = 0x80; byte < 0x100; byte++) if (foldsBeyondAscii(byte) || byte === 0xa0) kinds[byte] = Kind.OTHER;
assign(Kind.WORD, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
assign(Kind.DIGIT, "0123456789");
assign(Kind.DOT, ".");
assign(Kind.END, "\t\n\v\f\r !%*+,:;<=>?^~");
assign(Kind.PAIR, "&|-");
assign(Kind.SLASH, "/");

function assign(kind: number, bytes: string): void {
  for (let at = 0; at < bytes.length; at++) kinds[bytes.charCodeAt(at)] = kind;
}

/** From here on a byte is not simply one more of a word. */
const SPECIAL = 0x100;

/** Upper-case byte of a word, or its kind plus {@link SPECIAL}. */
const wordBytes = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  const kind = kinds[byte]!;
  if (kind >= Kind.DOT) wordBytes[byte] = SPECIAL + kind;
  else wordBytes[byte] = byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte;
}

/** Types of tokens that no fingerprint of an injection is made of alone. */
export const harmlessTypes = "n1of.:?,;";

/** Longer texts are read as tokens at once: folding stops at the fifth, this would go on to the end. */
const LENGTH_LIMIT = 256;

const scratch = emptyToken();

/**
 * True for a value whose tokens, read as ANSI, are of {@link harmlessTypes} alone, and that no rule of folding could turn into
 * others: no comment, quote, bracket or variable, no word that begins a phrase. Such a value is no injection in any reading.
 * False says nothing; it is the answer to long values too.
 *
 * Perf: holds of nine in ten values, and needs two fifths of the time of reading and folding tokens (packages/bench, benign workload).
 */
export function isHarmless(value: string): boolean {
  const { length } = value;
  if (length > LENGTH_LIMIT) return false;
  for (let at = 0; at < length;) {
    const unit = value.charCodeAt(at);
    switch (kinds[unit & 0xff]) {
      case Kind.WORD:
        at = skipHarmlessWord(value, at);
        if (at < 0) return false;
        break;
      case Kind.DIGIT: {
        const end = skipDigits(value, at);
        const next = end < length ? kinds[value.charCodeAt(end) & 0xff]! : Kind.END;
        at = next >= Kind.END ? end : readNumber(value, at, scratch);
        break;
      }
      case Kind.DOT:
        at = readNumber(value, at, scratch);
        break;
      case Kind.END:
        at++;
        break;
      case Kind.PAIR:
        // `--` begins a comment, `&&` and `||` join conditions.
        at++;
        if (at < length && value.charCodeAt(at) === unit) return false;
        break;
      case Kind.SLASH:
        at++;
        if (at < length && value.charCodeAt(at) === 0x2a) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

/** Offset after the word, -1 when there is more to it than a name. */
function skipHarmlessWord(value: string, start: number): number {
  const { length } = value;
  let hash = 0;
  let at = start;
  for (; at < length; at++) {
    let byte = wordBytes[value.charCodeAt(at) & 0xff]!;
    if (byte >= SPECIAL) {
      if (byte === SPECIAL + Kind.OTHER) return -1;
      if (byte !== SPECIAL + Kind.DOT) break;
      if (at - start < TEXT_LIMIT && !isPlainWord(findHashed(value, start, at, hash))) return -1;
      byte = 0x2e;
    }
    hash = addToHash(hash, byte);
  }
  // A single token is none either, whatever it is.
  if (start === 0 && at === length) return at;
  return at - start > TEXT_LIMIT || isHarmlessWord(findHashed(value, start, at, hash)) ? at : -1;
}
