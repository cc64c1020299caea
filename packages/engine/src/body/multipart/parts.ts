import type { ByteString } from "../../text/bytes.ts";

/** One part between boundary lines. */
export interface PartSpan {
  /** Offset after the boundary line. */
  readonly start: number;
  /** Offset of the line end that belongs to the next boundary. */
  readonly end: number;
}

/** Where the parts of a body are, and what is odd about the lines between them. */
export interface BodyParts {
  readonly parts: readonly PartSpan[];
  readonly dataBefore: boolean;
  readonly dataAfter: boolean;
  readonly crlfLines: boolean;
  readonly lfLines: boolean;
  /** A line begins like a boundary and is none. */
  readonly unmatchedBoundary: boolean;
  /** The final boundary was there. */
  readonly closed: boolean;
}

/**
 * Finds the boundary lines of a body. A boundary counts whatever line ends stand around it, so mixed line ends hide no
 * part (Compat: gaps A26).
 */
export function findParts(text: ByteString, boundary: ByteString): BodyParts {
  const delimiter = `--${boundary}`;
  const parts: PartSpan[] = [];
  let [crlfLines, lfLines, unmatchedBoundary, closed] = [false, false, false, false];
  let partStart = -1;
  let firstAt = -1;
  let after = text.length;
  for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + delimiter.length)) {
    if (at > 0 && text.charCodeAt(at - 1) !== 0x0a) continue;
    const line = readBoundaryLine(text, at + delimiter.length);
    if (line === undefined) {
      unmatchedBoundary = true;
      continue;
    }
    if (line.ending === "\r\n") crlfLines = true;
    else if (line.ending === "\n") lfLines = true;
    if (firstAt < 0) firstAt = at;
    if (partStart >= 0) parts.push({ start: partStart, end: beforeLineEnd(text, at, partStart) });
    partStart = line.next;
    if (line.final) {
      closed = true;
      after = line.next;
      break;
    }
  }
  if (!closed && partStart >= 0) parts.push({ start: partStart, end: text.length });
  return {
    parts,
    dataBefore: firstAt > 0 && /[^\r\n]/.test(text.slice(0, Math.min(firstAt, 65_536))),
    dataAfter: closed && /[^\r\n]/.test(text.slice(after, after + 65_536)),
    crlfLines,
    lfLines,
    unmatchedBoundary,
    closed,
  };
}

/** The rest of a boundary line: `--` when final, blanks, a line end or the end. Undefined when something else follows. */
function readBoundaryLine(
  text: ByteString,
  from: number,
): { readonly final: boolean; readonly next: number; readonly ending: string } | undefined {
  const final = text.startsWith("--", from);
  let at = final ? from + 2 : from;
  while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09) at++;
  if (at >= text.length) return { final, next: at, ending: "" };
  if (text.startsWith("\r\n", at)) return { final, next: at + 2, ending: "\r\n" };
  if (text.charCodeAt(at) === 0x0a) return { final, next: at + 1, ending: "\n" };
  // After the final boundary anything may follow; it is data after it.
  return final ? { final, next: at, ending: "" } : undefined;
}

function beforeLineEnd(text: ByteString, at: number, start: number): number {
  let end = at - 1;
  if (end > start && text.charCodeAt(end - 1) === 0x0d) end--;
  return Math.max(start, end);
}
