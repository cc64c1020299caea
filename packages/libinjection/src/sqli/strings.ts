import type { Token } from "./token.ts";
import { setToken } from "./token.ts";

/** How far from the end S4 is looked at; see `countedFrom`. */
const TAIL_LIMIT = 64;

/**
 * Reads a string whose content starts at `start + offset`; returns the offset after it (spec: libinjection, 3.9). A quote
 * after an odd run of backslashes is escaped, a doubled one is content. An offset of 0 means that the opening quote is simulated.
 */
export function readString(input: string, start: number, offset: number, delimiter: string, token: Token): number {
  const content = start + offset;
  token.open = offset > 0 ? delimiter : "";
  for (let quote = input.indexOf(delimiter, content); quote >= 0;) {
    if (isEscaped(input, content, countedFrom(input, content, quote))) {
      quote = input.indexOf(delimiter, quote + 1);
    } else if (input[quote + 1] === delimiter) {
      quote = input.indexOf(delimiter, quote + 2);
    } else {
      setToken(token, "s", input.slice(content, quote));
      token.close = delimiter;
      return quote + 1;
    }
  }
  setToken(token, "s", input.slice(content));
  return input.length;
}

/**
 * Where backslashes are counted: at the first place of the string at which the text from this quote to the end of input also
 * stands (spec: libinjection, S4). It can matter for crafted input only, and only for a short rest, so longer ones are left
 * out: that keeps the cost linear.
 */
function countedFrom(input: string, content: number, quote: number): number {
  if (input.length - quote > TAIL_LIMIT) return quote;
  return input.indexOf(input.slice(quote), content);
}

function isEscaped(input: string, content: number, quote: number): boolean {
  let at = quote - 1;
  while (at >= content && input.charCodeAt(at) === 0x5c) at--;
  return (quote - 1 - at) % 2 === 1;
}

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" };

/** Reads an Oracle q-string whose `q` stands at `start + offset`; -1 when there is none (spec: libinjection, 3.10). */
export function readQString(input: string, start: number, offset: number, token: Token): number {
  const at = start + offset;
  const letter = input[at];
  if ((letter !== "q" && letter !== "Q") || at + 2 >= input.length || input[at + 1] !== "'") return -1;
  const opener = input.charCodeAt(at + 2);
  if (opener < 33) return -1;
  const closing = `${closerOf(opener)}'`;
  const end = input.indexOf(closing, at + 3);
  token.open = "q";
  if (end < 0) {
    setToken(token, "s", input.slice(at + 3));
    return input.length;
  }
  setToken(token, "s", input.slice(at + 3, end));
  token.close = "q";
  // Two bytes on, also where the closing sequence has three: its quote is then read again (spec: libinjection, S7).
  return end + 2;
}

/** A byte beyond ASCII is closed by the UTF-8 encoding of its code point (spec: libinjection, S7). */
function closerOf(opener: number): string {
  const letter = String.fromCharCode(opener);
  if (opener >= 0x80) return String.fromCharCode(0xc0 | (opener >> 6), 0x80 | (opener & 0x3f));
  return closers[letter] ?? letter;
}

/** Reads `$$...$$` and `$tag$...$tag$`; -1 when this is neither. */
export function readDollarString(input: string, start: number, tagEnd: number, token: Token): number {
  const tag = input.slice(start, tagEnd + 1);
  const end = input.indexOf(tag, tagEnd + 1);
  token.open = "$";
  if (end < 0) {
    setToken(token, "s", input.slice(tagEnd + 1));
    return input.length;
  }
  setToken(token, "s", input.slice(tagEnd + 1, end));
  token.close = "$";
  return end + tag.length;
}
