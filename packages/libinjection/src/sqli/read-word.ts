import type { Token } from "./token.ts";
import { setToken, TEXT_LIMIT } from "./token.ts";
import { Type } from "./types.ts";
import { addToHash, findFolded, findHashed, findWord, foldsBeyondAscii, NO_WORD, wordType } from "./words.ts";

const { NONE, BAREWORD } = Type;

/** From here on a byte is not simply one more of the word. */
const SPECIAL = 0x100;
const END = 0x100;
const SPLIT = 0x101;
const FOLDED = 0x102;

/** Upper-case byte of a word, or what else it means there. */
const bytes = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  bytes[byte] = byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte;
  if (foldsBeyondAscii(byte)) bytes[byte] = FOLDED;
}
for (const end of " []{}<>:\\?=@!#~+-*/&|^%(),';\"\t\n\v\f\r\xa0\0") bytes[end.charCodeAt(0)] = END;
for (const split of ".`") bytes[split.charCodeAt(0)] = SPLIT;

/**
 * A word, or the beginning of one up to a dot or backtick when that alone is a keyword (spec: libinjection, 3.14).
 *
 * Perf: hashed while its end is looked for.
 */
export function readWord(input: string, start: number, token: Token): number {
  const { length } = input;
  const limit = Math.min(length, start + TEXT_LIMIT);
  let hash = 0;
  let isFolded = false;
  let at = start;
  for (; at < limit; at++) {
    const unit = input.charCodeAt(at);
    let byte = bytes[unit & 0xff]!;
    if (byte >= SPECIAL) {
      if (byte === END) break;
      if (byte === SPLIT) {
        const word = isFolded ? findFolded(input, start, at) : findHashed(input, start, at, hash);
        const type = wordType(word);
        if (type !== NONE && type !== BAREWORD) return endWord(token, type, word, start, at);
      } else isFolded = true;
      byte = unit & 0xff;
    }
    hash = addToHash(hash, byte);
  }
  if (at === limit && limit < length) {
    while (at < length && bytes[input.charCodeAt(at) & 0xff] !== END) at++;
    if (at > limit) return endWord(token, BAREWORD, NO_WORD, start, at);
  }
  const word = isFolded ? findFolded(input, start, at) : findHashed(input, start, at, hash);
  return endWord(token, wordType(word) || BAREWORD, word, start, at);
}

function endWord(token: Token, type: number, word: number, start: number, end: number): number {
  setToken(token, type, start, end);
  token.word = word;
  return end;
}

/** Finds the text of a token that no word was read for. */
export function lookUpToken(input: string, token: Token): number {
  return (token.word = findWord(input, token.start, token.start + token.length));
}
