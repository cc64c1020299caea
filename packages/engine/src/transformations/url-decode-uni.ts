import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { hexValue } from "../text/ascii.ts";
import { bestFit20127 } from "./best-fit-20127.table.ts";
import { foldFullWidth } from "./shared/escapes.ts";

/** `t:urlDecodeUni`: as urlDecode, and `%uHHHH` through the best-fit map of SecUnicodeMap (code page 20127 by default). */
export const urlDecodeUni: TransformationDefinition = {
  name: "urlDecodeUni",
  summary: "Decodes %HH and %uHHHH and turns + into a blank; anything else stays.",
  examples: [
    { title: "both forms", input: "%41%u0042+c", output: "AB c" },
    { title: "full width", input: "%uff41", output: "a" },
    { title: "broken escape", input: "%u12", output: "%u12" },
  ],
  reactsTo: "%+",
  apply: (value) => decode(value, bestFit20127),
  configure:
    ({ unicodeMap }) =>
    (value) =>
      decode(value, unicodeMap ?? bestFit20127),
};

function decode(value: ByteString, map: ReadonlyMap<number, number>): ByteString {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (unit === 0x2b) {
      pieces.push(value.slice(from, at), " ");
      from = at + 1;
      continue;
    }
    if (unit !== 0x25) continue;
    const next = value.charCodeAt(at + 1) | 0x20;
    const isUnicode = next === 0x75;
    const high = hexByte(value, isUnicode ? at + 2 : at + 1);
    const low = isUnicode ? hexByte(value, at + 4) : 0;
    if (high < 0 || low < 0) continue;
    const byte = isUnicode ? (map.get(high * 256 + low) ?? foldFullWidth(high, low)) : high;
    pieces.push(value.slice(from, at), String.fromCharCode(byte));
    at += isUnicode ? 5 : 2;
    from = at + 1;
  }
  if (pieces.length === 0) return value;
  pieces.push(value.slice(from));
  return pieces.join("");
}

function hexByte(value: ByteString, at: number): number {
  const high = hexValue(value.charCodeAt(at));
  const low = hexValue(value.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}
