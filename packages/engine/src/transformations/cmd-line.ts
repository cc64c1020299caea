import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { upperLetters } from "./shared/reacts-to.ts";

/** `t:cmdLine`: undoes what shells ignore: quotes, backslashes and carets go, separators become one blank, letters become small. */
export const cmdLine: TransformationDefinition = {
  name: "cmdLine",
  summary:
    "Undoes what shells ignore: quotes, backslashes and carets go, separators become one blank, letters become small.",
  examples: [{ title: "obfuscated", input: 'c^md /"C"  DIR', output: "cmd/c dir" }],
  reactsTo: `"'\\^,;\t\r\n ${upperLetters}`,
  foldsCase: "also",
  keepingCase: tidy,
  apply: (value) => toLowerAscii(tidy(value)),
};

/** Blank and what stands for one: comma, semicolon, TAB, CR, LF. */
const SEPARATOR = 1;
/** Quotes, backslash, caret. */
const REMOVED = 2;
/** A blank before it goes: slash, open parenthesis. */
const ATTACHED = 3;

const kinds = new Uint8Array(256);
for (const byte of " ,;\t\r\n") kinds[byte.charCodeAt(0)] = SEPARATOR;
for (const byte of "\"'\\^") kinds[byte.charCodeAt(0)] = REMOVED;
for (const byte of "/(") kinds[byte.charCodeAt(0)] = ATTACHED;

/** What makes more than letters change, with the blank before it. */
const rewritten = / ?["'\\^,;\t\r\n]| [ /(]/;

function tidy(value: ByteString): ByteString {
  // Perf: V8's scan for this is done in a third of the time of the loop; most values end here.
  const at = value.search(rewritten);
  return at < 0 ? value : rewrite(value, at);
}

function rewrite(value: ByteString, start: number): ByteString {
  const { length } = value;
  let kept = "";
  let from = 0;
  // A blank that is due before the next byte that stays.
  let blank = false;
  for (let at = start; at < length; at++) {
    const unit = value.charCodeAt(at);
    const kind = kinds[unit & 0xff]!;
    if (kind === SEPARATOR || kind === REMOVED) {
      // Most text has single blanks and no more: those need no cut.
      if (unit === 0x20 && !blank && (at + 1 === length || kinds[value.charCodeAt(at + 1) & 0xff] === 0)) continue;
      kept += value.slice(from, at);
      from = at + 1;
      if (kind === SEPARATOR) blank = true;
    } else if (blank) {
      if (kind !== ATTACHED) kept += " ";
      blank = false;
    }
  }
  kept += value.slice(from);
  return blank ? `${kept} ` : kept;
}
