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
  apply: normalise,
};

function normalise(value: ByteString): ByteString {
  return isPlain(value) ? toLowerAscii(value) : rewrite(value);
}

/** Letters apart there is nothing to do: most text has single blanks and no more. */
function isPlain(value: ByteString): boolean {
  let before = 0;
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (unit === 0x20) {
      if (before === 0x20) return false;
    } else if (isRemoved(unit) || isSeparator(unit)) return false;
    else if (before === 0x20 && (unit === 0x2f || unit === 0x28)) return false;
    before = unit;
  }
  return true;
}

function rewrite(value: ByteString): ByteString {
  const pieces: string[] = [];
  let from = 0;
  let blank = false;
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (isRemoved(unit)) {
      pieces.push(value.slice(from, at));
      from = at + 1;
    } else if (isSeparator(unit)) {
      pieces.push(value.slice(from, at));
      from = at + 1;
      if (!blank) pieces.push(" ");
      blank = true;
    } else {
      if ((unit === 0x2f || unit === 0x28) && blank) {
        pieces.push(value.slice(from, at));
        dropLastBlank(pieces);
        from = at;
      }
      blank = false;
    }
  }
  pieces.push(value.slice(from));
  return toLowerAscii(pieces.join(""));
}

function dropLastBlank(pieces: string[]): void {
  for (let index = pieces.length - 1; index >= 0; index--) {
    if (pieces[index] === "") continue;
    if (pieces[index] === " ") pieces.splice(index, 1);
    return;
  }
}

/** Quotes, backslash, caret. */
function isRemoved(unit: number): boolean {
  return unit === 0x22 || unit === 0x27 || unit === 0x5c || unit === 0x5e;
}

/** Blank, comma, semicolon, TAB, CR, LF. */
function isSeparator(unit: number): boolean {
  return unit === 0x20 || unit === 0x2c || unit === 0x3b || unit === 0x09 || unit === 0x0d || unit === 0x0a;
}
