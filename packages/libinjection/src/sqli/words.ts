import { fingerprintTable } from "./fingerprints.table.ts";
import { keywordTable } from "./keywords.table.ts";

let keywords: Map<string, string> | undefined;
let fingerprints: Set<string> | undefined;

/** Token type of a word, phrase or operator in any case, "" when it is in no table. Tables are made at first use. */
export function lookUp(text: string): string {
  if (keywords === undefined) {
    keywords = new Map();
    for (const [type, words] of keywordTable) for (const word of words.split("\n")) keywords.set(word, type);
  }
  return keywords.get(toUpper(text)) ?? "";
}

/** True when the fingerprint, upper-cased, is one of an injection. */
export function isKnownFingerprint(fingerprint: string): boolean {
  fingerprints ??= new Set(fingerprintTable.split(" "));
  return fingerprints.has(fingerprint.toUpperCase());
}

/** Upper case as the tables are looked up: ASCII, and the two letters beyond it that fold to ASCII (spec: libinjection, S3). */
function toUpper(text: string): string {
  let upper = toUpperAscii(text);
  if (upper.includes("\xc5\xbf")) upper = upper.replaceAll("\xc5\xbf", "S");
  if (upper.includes("\xc4\xb1")) upper = upper.replaceAll("\xc4\xb1", "I");
  return upper;
}

/** ASCII upper case; bytes beyond ASCII stay. */
export function toUpperAscii(text: string): string {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) return text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
  }
  return text.toUpperCase();
}
