import { keywordTable } from "./keywords.table.ts";
import { isIn, Type, typeOf, typeSet } from "./types.ts";

const { NONE, BAREWORD } = Type;

/** Index of a text that is in no table. */
export const NO_WORD = -1;

/** Slots of the hash table, a power of two; a quarter of them is in use. */
const SLOTS = 4096;
const MULTIPLIER = 31;

const harmlessTypes = typeSet("nof");

/** Upper case by byte: ASCII. */
const upper = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) upper[byte] = byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte;

/** Words and phrases, and the beginnings of phrases, under their index. */
interface WordTable {
  readonly texts: readonly string[];
  readonly types: Uint8Array;
  /** 1 when the text and a blank begin a phrase. */
  readonly beginsPhrase: Uint8Array;
  /** 1 for names, functions and operators that fold with nothing of their kind. */
  readonly harmless: Uint8Array;
  readonly hashes: Int32Array;
  /** Open addressing, linear probing: index plus one, 0 for a free slot. */
  readonly slots: Uint16Array;
}

let made: WordTable | undefined;

function makeTable(): WordTable {
  const types = new Map<string, number>();
  const beginnings = new Set<string>();
  for (const [type, words] of keywordTable) {
    for (const word of words.split("\n")) {
      types.set(word, typeOf(type));
      for (let at = word.indexOf(" "); at >= 0; at = word.indexOf(" ", at + 1)) beginnings.add(word.slice(0, at));
    }
  }
  for (const text of beginnings) if (!types.has(text)) types.set(text, NONE);
  const texts = [...types.keys()];
  const hashes = Int32Array.from(texts, (text) => hashOf(text, 0, text.length));
  const slots = new Uint16Array(SLOTS);
  hashes.forEach((hash, index) => {
    let slot = slotOf(hash);
    while (slots[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
    slots[slot] = index + 1;
  });
  const beginsPhrase = Uint8Array.from(texts, (text) => (beginnings.has(text) ? 1 : 0));
  const harmless = Uint8Array.from(texts, (text) => {
    // IF makes a statement of what it follows.
    return isIn(types.get(text)!, harmlessTypes) && !beginnings.has(text) && !text.startsWith("IF") ? 1 : 0;
  });
  return { texts, types: Uint8Array.from(types.values()), beginsPhrase, harmless, hashes, slots };
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 13)) & (SLOTS - 1);
}

/** The hash of a text and one more upper-case byte; that of the empty text is 0. */
export function addToHash(hash: number, byte: number): number {
  return (Math.imul(hash, MULTIPLIER) + byte) | 0;
}

function hashOf(text: string, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = addToHash(hash, upper[text.charCodeAt(at) & 0xff]!);
  return hash;
}

/** Index of the word, phrase or operator that stands here in any case, {@link NO_WORD} when it is in no table. */
export function findWord(input: string, start: number, end: number): number {
  for (let at = start; at < end; at++) if (foldsBeyondAscii(input.charCodeAt(at))) return findFolded(input, start, end);
  return findHashed(input, start, end, hashOf(input, start, end));
}

/** {@link findWord} for a text whose hash is known and that has no byte of {@link foldsBeyondAscii}. */
export function findHashed(input: string, start: number, end: number, hash: number): number {
  const table = (made ??= makeTable());
  const { slots, hashes } = table;
  for (let slot = slotOf(hash); slots[slot] !== 0; slot = (slot + 1) & (SLOTS - 1)) {
    const index = slots[slot]! - 1;
    if (hashes[index] === hash && isSame(table.texts[index]!, input, start, end)) return index;
  }
  return NO_WORD;
}

function isSame(text: string, input: string, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = start; at < end; at++) {
    if (text.charCodeAt(at - start) !== upper[input.charCodeAt(at) & 0xff]) return false;
  }
  return true;
}

/** First bytes of the two letters beyond ASCII that fold to ASCII (spec: libinjection, S3). */
export function foldsBeyondAscii(byte: number): boolean {
  return byte === 0xc5 || byte === 0xc4;
}

/** {@link findWord} of a text with such letters in it. */
export function findFolded(input: string, start: number, end: number): number {
  const text = input.slice(start, end).replaceAll("\xc5\xbf", "S").replaceAll("\xc4\xb1", "I");
  return findHashed(text, 0, text.length, hashOf(text, 0, text.length));
}

/** Token type of a word of the table; none for {@link NO_WORD} and for what is but the beginning of a phrase. */
export function wordType(word: number): number {
  return word === NO_WORD ? NONE : made!.types[word]!;
}

/** True when the word and a blank begin a phrase of the table. */
export function beginsPhrase(word: number): boolean {
  return word !== NO_WORD && made!.beginsPhrase[word] === 1;
}

/** True when a word stands for itself: it is in no table, or a name. */
export function isPlainWord(word: number): boolean {
  const type = wordType(word);
  return type === NONE || type === BAREWORD;
}

/** True for what is in no table, and for names, functions and operators that no rule of folding looks at beside others of them. */
export function isHarmlessWord(word: number): boolean {
  return word === NO_WORD || made!.harmless[word] === 1;
}
