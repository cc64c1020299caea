import type { ByteString } from "../../text/bytes.ts";

/** The head of a part and what is odd about it. */
export interface PartHead {
  readonly headers: readonly (readonly [name: ByteString, value: ByteString])[];
  /** Offset of the part's content. */
  readonly contentStart: number;
  readonly crlfLines: boolean;
  readonly lfLines: boolean;
  readonly folding: boolean;
  readonly invalidFolding: boolean;
  readonly invalidLine: boolean;
}

const HEADER_LIMIT = 100;

/** Reads header lines from `start` up to the blank line, or up to `end` when there is none. */
export function parsePartHead(text: ByteString, start: number, end: number): PartHead {
  const headers: [ByteString, ByteString][] = [];
  let [crlfLines, lfLines, folding, invalidFolding, invalidLine] = [false, false, false, false, false];
  let at = start;
  while (at < end) {
    const newline = text.indexOf("\n", at);
    const stop = newline < 0 || newline > end ? end : newline;
    const crlf = stop > at && text.charCodeAt(stop - 1) === 0x0d;
    if (stop < end) {
      if (crlf) crlfLines = true;
      else lfLines = true;
    }
    const line = text.slice(at, crlf ? stop - 1 : stop);
    at = stop + 1;
    if (line === "") break;
    if (/^[ \t]/.test(line)) {
      folding = true;
      const last = headers.at(-1);
      if (last === undefined) invalidFolding = true;
      else last[1] += ` ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(":");
    if (colon < 1 || headers.length >= HEADER_LIMIT) invalidLine = true;
    else headers.push([line.slice(0, colon).trimEnd(), line.slice(colon + 1).trim()]);
  }
  return { headers, contentStart: Math.min(at, end), crlfLines, lfLines, folding, invalidFolding, invalidLine };
}

/** `content-disposition` as `Content-Disposition`. */
export function canonicalName(name: ByteString): ByteString {
  return name
    .toLowerCase()
    .replaceAll(/(^|-)([a-z])/g, (_all, dash: string, letter: string) => dash + letter.toUpperCase());
}
