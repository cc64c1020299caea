import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { hexValue } from "../text/ascii.ts";
import { controlEscape, octalEnd } from "./shared/escapes.ts";

/** `t:escapeSeqDecode`: ANSI C escapes. */
export const escapeSeqDecode: TransformationDefinition = {
  name: "escapeSeqDecode",
  summary: "Decodes the escapes of ANSI C: \\n, \\x41, \\101 and kin; other escaped bytes lose the backslash.",
  examples: [
    { title: "hexadecimal", input: "\\x41\\n", output: "A\n" },
    { title: "octal", input: "\\101", output: "A" },
  ],
  reactsTo: "\\",
  apply: (value) => {
    if (!value.includes("\\")) return value;
    let decoded = "";
    let from = 0;
    for (let at = value.indexOf("\\"); at >= 0 && at + 1 < value.length; at = value.indexOf("\\", from)) {
      const { text, next } = decodeEscape(value, at);
      decoded += value.slice(from, at) + text;
      from = next;
    }
    return from === 0 ? value : decoded + value.slice(from);
  },
};

function decodeEscape(value: ByteString, at: number): { readonly text: ByteString; readonly next: number } {
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
