import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { encodeCodePoint } from "../text/bytes.ts";
import { longestOpenName, mayBeOpen, namedEntities, windows1252 } from "./shared/html-entities.ts";

const NAME_LIMIT = 33;

/** `t:htmlEntityDecode`: character references as HTML reads them in text (WHATWG, 13.2.5.72-80), as UTF-8. */
export const htmlEntityDecode: TransformationDefinition = {
  name: "htmlEntityDecode",
  summary: "Decodes named, decimal and hexadecimal character references of HTML.",
  examples: [
    { title: "named and numeric", input: "&lt;a&#62;&#x41;", output: "<a>A" },
    { title: "without semicolon", input: "&ampx &#65", output: "&x A" },
  ],
  reactsTo: "&",
  apply: (value) => {
    let at = value.indexOf("&");
    if (at < 0) return value;
    let decoded = "";
    let from = 0;
    for (; at >= 0; at = value.indexOf("&", at + 1)) {
      const reference = value.charCodeAt(at + 1) === 0x23 ? numeric(value, at) : named(value, at);
      if (reference === undefined) continue;
      decoded += value.slice(from, at) + reference.text;
      from = reference.next;
      at = from - 1;
    }
    return from === 0 ? value : decoded + value.slice(from);
  },
};

interface Reference {
  readonly text: ByteString;
  readonly next: number;
}

function numeric(value: ByteString, at: number): Reference | undefined {
  const hex = (value.charCodeAt(at + 2) | 0x20) === 0x78;
  const start = at + (hex ? 3 : 2);
  let point = 0;
  let end = start;
  for (; end < value.length; end++) {
    const digit = digitValue(value.charCodeAt(end), hex);
    if (digit < 0) break;
    point = Math.min(0x110000, point * (hex ? 16 : 10) + digit);
  }
  if (end === start) return undefined;
  if (value.charCodeAt(end) === 0x3b) end++;
  const mapped = point >= 0x80 && point <= 0x9f ? windows1252[point - 0x80]! : point;
  return { text: encodeCodePoint(mapped === 0 ? 0xfffd : mapped), next: end };
}

function digitValue(unit: number, hex: boolean): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lower = unit | 0x20;
  return hex && lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** The longest name that the table knows; names that HTML lets go without a semicolon also as a prefix. */
function named(value: ByteString, at: number): Reference | undefined {
  let end = at + 1;
  while (end < value.length && end - at < NAME_LIMIT && isAlphanumeric(value.charCodeAt(end))) end++;
  if (value.charCodeAt(end) === 0x3b) {
    const text = namedEntities().get(value.slice(at + 1, end + 1));
    if (text !== undefined) return { text, next: end + 1 };
  }
  if (!mayBeOpen(value.charCodeAt(at + 1), value.charCodeAt(at + 2))) return undefined;
  for (let stop = Math.min(end, at + 1 + longestOpenName()); stop > at + 2; stop--) {
    const text = namedEntities().get(value.slice(at + 1, stop));
    if (text !== undefined) return { text, next: stop };
  }
  return undefined;
}

function isAlphanumeric(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39);
}
