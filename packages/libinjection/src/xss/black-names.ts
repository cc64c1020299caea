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

/** What kind of attribute this is (spec: libinjection, 7.3, the Go version: X1, X2, X7). */
export function attributeKind(text: string): AttributeKind {
  const name = normalise(text);
  if (name === undefined || name.length < 2) return "none";
  if (name.length >= 5) {
    if (name === "XMLNS" || name === "XLINK") return "black";
    if (name.startsWith("ON") && eventNames.has(name.slice(2))) return "black";
  }
  return kinds.get(name) ?? "none";
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
