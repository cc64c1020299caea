import type { Token } from "./token.ts";
import { unitAt } from "./bytes.ts";
import { setToken } from "./token.ts";
import { Type } from "./types.ts";

const { STRING } = Type;

/** How far from the end S4 is looked at; see `isEscapedNearEnd`. */
const TAIL_LIMIT = 64;

const APOSTROPHE = 0x27;
const BACKSLASH_BYTE = 0x5c;
const DOLLAR = 0x24;
/** What `open` and `close` of an Oracle q-string are. */
const Q = 0x71;

/**
 * Reads a string whose content starts at `content`; returns the offset after it (spec: libinjection, 3.9). A quote after an
 * odd run of backslashes is escaped, a doubled one is content. `open` is 0 when the opening quote is simulated.
 */
export function readString(input: string, content: number, delimiter: number, open: number, token: Token): number {
  token.open = open;
  const mark = String.fromCharCode(delimiter);
  // Up to here there is no backslash in the content.
  let clean = content;
  for (let quote = input.indexOf(mark, content); quote >= 0;) {
    while (clean < quote && input.charCodeAt(clean) !== BACKSLASH_BYTE) clean++;
    if (clean < quote && isEscapedQuote(input, content, quote)) {
      quote = input.indexOf(mark, quote + 1);
    } else if (unitAt(input, quote + 1) === delimiter) {
      quote = input.indexOf(mark, quote + 2);
    } else {
      setToken(token, STRING, content, quote);
      token.close = delimiter;
      return quote + 1;
    }
  }
  setToken(token, STRING, content, input.length);
  return input.length;
}

/**
 * Backslashes are counted at the first place of the string at which the text from this quote to the end of input also stands
 * (spec: libinjection, S4). It can matter for crafted input only, and only for a short rest, so longer ones are left out:
 * that keeps the cost linear.
 */
function isEscapedQuote(input: string, content: number, quote: number): boolean {
  const place = input.length - quote > TAIL_LIMIT ? quote : input.indexOf(input.slice(quote), content);
  let at = place - 1;
  while (at >= content && input.charCodeAt(at) === BACKSLASH_BYTE) at--;
  return (place - 1 - at) % 2 === 1;
}

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" };

/** Reads an Oracle q-string whose `q` stands at `at`; -1 when there is none (spec: libinjection, 3.10). */
export function readQString(input: string, at: number, token: Token): number {
  if ((unitAt(input, at) | 0x20) !== Q || unitAt(input, at + 1) !== APOSTROPHE) return -1;
  const opener = unitAt(input, at + 2);
  if (opener < 33) return -1;
  const closing = `${closerOf(opener)}'`;
  const end = input.indexOf(closing, at + 3);
  token.open = Q;
  if (end < 0) {
    setToken(token, STRING, at + 3, input.length);
    return input.length;
  }
  setToken(token, STRING, at + 3, end);
  token.close = Q;
  // Two bytes on, also where the closing sequence has three: its quote is then read again (spec: libinjection, S7).
  return end + 2;
}

/** A byte beyond ASCII is closed by the UTF-8 encoding of its code point (spec: libinjection, S7). */
function closerOf(opener: number): string {
  const letter = String.fromCharCode(opener);
  if (opener >= 0x80) return String.fromCharCode(0xc0 | (opener >> 6), 0x80 | (opener & 0x3f));
  return closers[letter] ?? letter;
}

/** Reads `$$...$$` and `$tag$...$tag$`, whose second `$` stands at `tagEnd`. */
export function readDollarString(input: string, start: number, tagEnd: number, token: Token): number {
  const tag = input.slice(start, tagEnd + 1);
  const end = input.indexOf(tag, tagEnd + 1);
  token.open = DOLLAR;
  if (end < 0) {
    setToken(token, STRING, tagEnd + 1, input.length);
    return input.length;
  }
  setToken(token, STRING, tagEnd + 1, end);
  token.close = DOLLAR;
  return end + tag.length;
}
