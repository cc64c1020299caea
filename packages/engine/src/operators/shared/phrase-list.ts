import type { ByteString } from "../../text/bytes.ts";
import { hexValue, isSpace } from "../../text/ascii.ts";

/**
 * Phrases of an `@pm` argument: separated by white space; `|0d 0a|` inside a phrase stands for the bytes named.
 *
 * Compat: in Coraza two blanks in a row make an empty phrase, which matches everything, and `|` is always literal
 * (spec: seclang, 6.2; gaps B). Here a `|` is literal when no hexadecimal pairs and a second `|` follow it.
 */
export function splitPhrases(argument: ByteString): ByteString[] {
  const phrases: ByteString[] = [];
  let phrase = "";
  for (let at = 0; at < argument.length;) {
    const unit = argument.charCodeAt(at);
    const end = unit === 0x7c ? endOfHex(argument, at) : -1;
    if (end > 0) {
      phrase += decodeHex(argument.slice(at + 1, end));
      at = end + 1;
      continue;
    }
    if (!isSpace(unit)) phrase += argument[at]!;
    else if (phrase !== "") {
      phrases.push(phrase);
      phrase = "";
    }
    at++;
  }
  if (phrase !== "") phrases.push(phrase);
  return phrases;
}

/** Index of the `|` that closes hexadecimal pairs begun at `open`, -1 when they are none. */
function endOfHex(argument: ByteString, open: number): number {
  let at = open + 1;
  let pairs = 0;
  while (at < argument.length) {
    const unit = argument.charCodeAt(at);
    if (unit === 0x7c) return pairs > 0 ? at : -1;
    if (isSpace(unit)) at++;
    else if (hexValue(unit) >= 0 && hexValue(argument.charCodeAt(at + 1)) >= 0) {
      at += 2;
      pairs++;
    } else return -1;
  }
  return -1;
}

function decodeHex(pairs: ByteString): ByteString {
  return pairs.replaceAll(/\s/g, "").replaceAll(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
}
