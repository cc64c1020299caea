import { decodeCharacter } from "./character-references.ts";
import { attributes, blackTags, events } from "./names.table.ts";

/** What the value of an attribute must not be. */
export type AttributeKind = "none" | "black" | "url" | "style" | "indirect";

const NAME_LIMIT = 64;
const tags = new Set(blackTags);
const kinds = new Map(Object.entries(attributes) as [string, AttributeKind][]);
const eventNames = new Set(events.split(" "));

/** True for elements that are never harmless (spec: libinjection, 7.2). */
export function isBlackTag(text: string): boolean {
  if (text.length < 3) return false;
  const name = normalise(text);
  return name !== undefined && (name.startsWith("SVG") || name.startsWith("XSL") || tags.has(name));
}

/**
 * What kind of attribute the name in this range of the text is (spec: libinjection, 7.3, the Go version: X1, X2, X7).
 *
 * Perf: a hash tells the names that are none without making a string of them; in forms and queries nearly all are.
 */
export function attributeKind(text: string, start: number, end: number): AttributeKind {
  if (!hashes.has(hashOf(text, start, end))) return "none";
  const name = normalise(text.slice(start, end));
  if (name === undefined || name.length < 2) return "none";
  if (name.length >= 5) {
    if (name === "XMLNS" || name === "XLINK") return "black";
    if (name.startsWith("ON") && eventNames.has(name.slice(2))) return "black";
  }
  return kinds.get(name) ?? "none";
}

/** Hashes of all attributes that are of some kind. */
const hashes = new Set(
  ["XMLNS", "XLINK", ...kinds.keys(), ...[...eventNames].map((name) => `ON${name}`)].map((name) =>
    hashOf(name, 0, name.length),
  ),
);

/** Hash of a name without its NULs, ASCII case apart; of its beginning when it is too long to be one. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0;
  let length = 0;
  for (let at = start; at < end && length <= NAME_LIMIT; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0) continue;
    // 30 bits: V8 keeps such numbers without boxing them.
    hash = (Math.imul(hash, 31) + (unit >= 0x61 && unit <= 0x7a ? unit - 32 : unit)) & 0x3fff_ffff;
    length++;
  }
  return hash;
}

/** Without NULs and in upper case; undefined when too long to be a name. */
function normalise(text: string): string | undefined {
  let name = "";
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0) continue;
    if (name.length >= NAME_LIMIT) return undefined;
    name += String.fromCharCode(unit >= 0x61 && unit <= 0x7a ? unit - 32 : unit);
  }
  return name;
}

const schemes = ["DATA", "VIEW-SOURCE", "JAVA", "VBSCRIPT"];

/** True when a URL begins with a scheme that runs script, however it is written (spec: libinjection, 7.4). */
export function isBlackUrl(text: string): boolean {
  let start = 0;
  while (start < text.length && (text.charCodeAt(start) <= 32 || text.charCodeAt(start) >= 127)) start++;
  return schemes.some((scheme) => startsWithScheme(text, start, scheme));
}

function startsWithScheme(text: string, start: number, scheme: string): boolean {
  let matched = 0;
  for (let at = start; at < text.length;) {
    const { value, next } = decodeCharacter(text, at);
    at = next;
    if (matched === 0 ? value <= 32 : value === 0 || value === 10) continue;
    const upper = value >= 0x61 && value <= 0x7a ? value - 32 : value;
    if ((upper & 0xff) !== scheme.charCodeAt(matched)) return false;
    if (++matched === scheme.length) return true;
  }
  return false;
}
