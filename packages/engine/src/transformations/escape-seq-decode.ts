import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { hexValue } from "../text/ascii.ts";
import type { DecodedEscape } from "./shared/escapes.ts";
import { controlEscape, decodeEscapes, octalEnd } from "./shared/escapes.ts";

/** `t:escapeSeqDecode`: ANSI C escapes. */
export const escapeSeqDecode: TransformationDefinition = {
  name: "escapeSeqDecode",
  summary: "Decodes the escapes of ANSI C: \\n, \\x41, \\101 and kin; other escaped bytes lose the backslash.",
  examples: [
    { title: "hexadecimal", input: "\\x41\\n", output: "A\n" },
    { title: "octal", input: "\\101", output: "A" },
  ],
  reactsTo: "\\",
  apply: (value) => decodeEscapes(value, decodeEscape),
};

function decodeEscape(value: ByteString, at: number): DecodedEscape {
  const letter = value[at + 1]!;
  const control = controlEscape(letter);
  if (control !== undefined) return { text: control, next: at + 2 };
  if (letter === "x" || letter === "X") {
    const high = hexValue(value.charCodeAt(at + 2));
    const low = hexValue(value.charCodeAt(at + 3));
    if (high >= 0 && low >= 0) return { text: String.fromCharCode(high * 16 + low), next: at + 4 };
  }
  const end = octalEnd(value, at + 1);
  if (end > at + 1)
    return { text: String.fromCharCode(Math.min(255, parseInt(value.slice(at + 1, end), 8))), next: end };
  return { text: letter, next: at + 2 };
}
