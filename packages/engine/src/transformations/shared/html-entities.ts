import type { ByteString } from "../../text/bytes.ts";
import { encodeUtf8 } from "../../text/bytes.ts";
import { entityLines } from "../html-entities.table.ts";

let table: ReadonlyMap<string, ByteString> | undefined;

/** Characters of a named reference, as UTF-8, by its name with or without semicolon. Made at first use. */
export function namedEntities(): ReadonlyMap<string, ByteString> {
  if (table !== undefined) return table;
  const map = new Map<string, ByteString>([
    ["NewLine;", "\n"],
    ["Tab;", "\t"],
  ]);
  for (const line of entityLines.split("\n")) {
    const blank = line.indexOf(" ");
    map.set(line.slice(0, blank), encodeUtf8(line.slice(blank + 1)));
  }
  return (table = map);
}

/** First two letters of the names that may stand without a semicolon. */
let openings: Set<number> | undefined;

/** True when a name that may stand without a semicolon begins with these two units. Query strings are full of others. */
export function mayBeOpen(first: number, second: number): boolean {
  if (openings === undefined) {
    openings = new Set();
    for (const name of namedEntities().keys()) {
      if (!name.endsWith(";")) openings.add((name.charCodeAt(0) << 8) | name.charCodeAt(1));
    }
  }
  return openings.has((first << 8) | second);
}

let longest = 0;

/** Length of the longest name that may stand without a semicolon. */
export function longestOpenName(): number {
  if (longest === 0) {
    for (const name of namedEntities().keys()) if (!name.endsWith(";")) longest = Math.max(longest, name.length);
  }
  return longest;
}

/** Code points that numeric references 128 to 159 stand for (WHATWG, numeric character reference end state). */
export const windows1252: readonly number[] = [
  0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d,
  0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,
  0x017e, 0x0178,
];
