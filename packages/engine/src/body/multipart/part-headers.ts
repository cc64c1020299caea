import type { ByteString } from "../../text/bytes.ts";
import { isSpace, toLowerAscii } from "../../text/ascii.ts";
import { isToken } from "../../text/token.ts";
import { trimSpace } from "../../text/trim.ts";

/** One header of a part. */
export interface PartHeader {
  /** Lower-case. */
  readonly name: ByteString;
  readonly value: ByteString;
  /** `Name: value` with the name in canonical case; a line without a name as it is. */
  readonly line: ByteString;
}

/** The head of a part and what is odd about it. */
export interface PartHead {
  readonly headers: readonly PartHeader[];
  /** Offset of the part's content. */
  readonly contentStart: number;
  readonly crlfLines: boolean;
  readonly lfLines: boolean;
  readonly folding: boolean;
  /** A folded line without a line before it, or that begins with something else than a blank or a tab. */
  readonly invalidFolding: boolean;
  /** A line without a name, or with one that holds bytes it may not. */
  readonly malformedLine: boolean;
  /** As above, or a NUL, too many lines, or no blank line after them. */
  readonly invalid: boolean;
}

/** More headers than this make a part invalid. */
const HEADER_LIMIT = 100;

/** Reads header lines from `start` up to the blank line, or up to `end` when there is none. */
export function parsePartHead(text: ByteString, start: number, end: number): PartHead {
  const lines: ByteString[] = [];
  let [crlfLines, lfLines, folding, invalidFolding, tooMany, blankLine] = [false, false, false, false, false, false];
  let at = start;
  while (at < end && !blankLine) {
    const newline = text.indexOf("\n", at);
    const stop = newline < 0 || newline >= end ? end : newline;
    const crlf = stop > at && text.charCodeAt(stop - 1) === 0x0d;
    if (stop < end) {
      if (crlf) crlfLines = true;
      else lfLines = true;
    }
    const line = text.slice(at, crlf ? stop - 1 : stop);
    at = stop + 1;
    const first = line.charCodeAt(0);
    const continues = (first === 0x20 || first === 0x09) && lines.length > 0;
    if (isSpace(first)) folding = true;
    if (isSpace(first) && !continues) invalidFolding = true;
    if (line === "") blankLine = true;
    else if (continues) lines[lines.length - 1] += ` ${trimSpace(line, true, true)}`;
    else if (lines.length < HEADER_LIMIT) lines.push(line);
    else tooMany = true;
  }
  // A part without content may go straight from its blank line to the next boundary.
  if (!blankLine && at === end && lines.length > 0 && isSpace(text.charCodeAt(end))) blankLine = true;
  const headers = lines.map(readHeader);
  const malformedLine = headers.some((header) => header.name === "");
  const invalid = malformedLine || tooMany || !blankLine || headers.some((header) => header.line.includes("\0"));
  return {
    headers,
    contentStart: Math.min(at, end),
    crlfLines,
    lfLines,
    folding,
    invalidFolding,
    malformedLine,
    invalid,
  };
}

function readHeader(line: ByteString): PartHeader {
  const colon = line.indexOf(":");
  const name = trimSpace(line.slice(0, Math.max(colon, 0)), false, true);
  const value = trimSpace(line.slice(colon + 1), true, true);
  if (!isToken(name)) return { name: "", value, line };
  return { name: toLowerAscii(name), value, line: `${canonicalName(name)}: ${value}` };
}

/** `content-disposition` as `Content-Disposition`. */
function canonicalName(name: ByteString): ByteString {
  let out = "";
  let start = true;
  for (let at = 0; at < name.length; at++) {
    const letter = name[at]!;
    out += start ? letter.toUpperCase() : letter.toLowerCase();
    start = letter === "-";
  }
  return out;
}
