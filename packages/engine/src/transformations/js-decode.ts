import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { hexValue } from "../text/ascii.ts";
import type { DecodedEscape } from "./shared/escapes.ts";
import { controlEscape, decodeEscapes, foldFullWidth, octalEnd } from "./shared/escapes.ts";

/**
 * `t:jsDecode`: escapes of JavaScript strings.
 *
 * Compat: one to three octal digits are decoded, up to 377; Coraza gives a NUL for any of them (gaps A25).
 */
export const jsDecode: TransformationDefinition = {
  name: "jsDecode",
  summary: "Decodes JavaScript escapes: \\u0041, \\x41, \\101, \\n and kin; other escaped bytes lose the backslash.",
  examples: [
    { title: "unicode", input: "\\u0041\\uff21", output: "AA" },
    { title: "hexadecimal", input: "\\x41", output: "A" },
    { title: "octal", input: "\\101", output: "A" },
  ],
  reactsTo: "\\",
  apply: (value) => decodeEscapes(value, decodeEscape),
};

function decodeEscape(value: ByteString, at: number): DecodedEscape {
  const letter = value[at + 1]!;
  if (letter === "u") {
    const high = hexByte(value, at + 2);
    const low = hexByte(value, at + 4);
    if (high >= 0 && low >= 0) return { text: String.fromCharCode(foldFullWidth(high, low)), next: at + 6 };
  }
  if (letter === "x") {
    const byte = hexByte(value, at + 2);
    if (byte >= 0) return { text: String.fromCharCode(byte), next: at + 4 };
  }
  const control = controlEscape(letter);
  if (control !== undefined) return { text: control, next: at + 2 };
  let end = octalEnd(value, at + 1);
  // A third digit counts only up to \377.
  if (end === at + 4 && value.charCodeAt(at + 1) > 0x33) end--;
  if (end > at + 1) return { text: String.fromCharCode(parseInt(value.slice(at + 1, end), 8)), next: end };
  return { text: letter, next: at + 2 };
}

function hexByte(value: ByteString, at: number): number {
  const high = hexValue(value.charCodeAt(at));
  const low = hexValue(value.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}
