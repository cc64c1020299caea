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
  const hasPlus = value.includes("+");
  let decoded = "";
  let from = 0;
  for (let at = next(value, 0, hasPlus); at >= 0; at = next(value, at + 1, hasPlus)) {
    if (value.charCodeAt(at) === 0x2b) {
      decoded += `${value.slice(from, at)} `;
      from = at + 1;
      continue;
    }
    const isUnicode = (value.charCodeAt(at + 1) | 0x20) === 0x75;
    const high = hexByte(value, isUnicode ? at + 2 : at + 1);
    const low = isUnicode ? hexByte(value, at + 4) : 0;
    if (high < 0 || low < 0) continue;
    const byte = isUnicode ? (map.get(high * 256 + low) ?? foldFullWidth(high, low)) : high;
    decoded += value.slice(from, at) + String.fromCharCode(byte);
    at += isUnicode ? 5 : 2;
    from = at + 1;
  }
  return from === 0 ? value : decoded + value.slice(from);
}

/** Offset of the next `%`, or `+` when there are any; -1 for none. Perf: V8 finds a single byte ten times as fast as a loop. */
function next(value: ByteString, from: number, hasPlus: boolean): number {
  if (!hasPlus) return value.indexOf("%", from);
  for (let at = from; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (unit === 0x2b || unit === 0x25) return at;
  }
  return -1;
}

function hexByte(value: ByteString, at: number): number {
  const high = hexValue(value.charCodeAt(at));
  const low = hexValue(value.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}
