import type { ByteString } from "../../text/bytes.ts";

/**
 * Reads one code page out of a unicode.mapping file: a line with the page's number, then lines of `hhhh:hh` pairs up to
 * the next page or an empty line. Returns undefined when the page is not there.
 */
export function parseUnicodeMap(text: ByteString, page: string): ReadonlyMap<number, number> | undefined {
  let inside = false;
  let map: Map<number, number> | undefined;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line.startsWith("#")) continue;
    const head = /^(\d+)(?:\s|$)/.exec(line);
    if (head !== null && !line.includes(":")) {
      inside = head[1] === page;
      if (inside) map ??= new Map();
      continue;
    }
    if (!inside || map === undefined) continue;
    for (const pair of line.split(/\s+/)) {
      const match = /^([0-9a-fA-F]{1,6}):([0-9a-fA-F]{1,2})$/.exec(pair);
      if (match !== null) map.set(parseInt(match[1]!, 16), parseInt(match[2]!, 16));
    }
  }
  return map;
}
