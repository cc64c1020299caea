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
  /** Bytes other than line ends stand before the first boundary, or after the final one. */
  readonly dataBefore: boolean;
  readonly dataAfter: boolean;
  readonly crlfLines: boolean;
  /** A boundary line, or the line before it, ends in a lone LF or CR. */
  readonly lfLines: boolean;
  /** Something follows the boundary on its line. */
  readonly brokenBoundary: boolean;
  /** Another line begins with two dashes. */
  readonly dashLine: boolean;
  /** The final boundary was there. */
  readonly closed: boolean;
  /** There were more parts than are read. */
  readonly tooMany: boolean;
}

const PART_LIMIT = 10_000;

/**
 * Finds the boundary lines of a body.
 *
 * Compat: a boundary counts whatever line ends stand around it and whatever follows it on its line, also after the final
 * one: applications differ in what they accept, and too many parts hide nothing where too few do (gaps A26). Each such
 * oddity is reported.
 */
export function findParts(text: ByteString, boundary: ByteString): BodyParts {
  const delimiter = `--${boundary}`;
  const parts: PartSpan[] = [];
  let [crlfLines, lfLines, brokenBoundary, closed, tooMany] = [false, false, false, false, false];
  let partStart = -1;
  let first = -1;
  let after = text.length;
  for (let at = text.indexOf(delimiter), next = 0; at >= 0; at = text.indexOf(delimiter, next)) {
    next = at + delimiter.length;
    if (at > 0 && !isLineEnd(text.charCodeAt(at - 1))) continue;
    if (first < 0) first = at;
    const contentEnd = at === 0 ? 0 : beforeLineEnd(text, at);
    if (at - contentEnd === 2) crlfLines = true;
    else if (at - contentEnd === 1) lfLines = true;
    if (partStart >= 0) parts.push({ start: partStart, end: Math.max(partStart, contentEnd) });
    if (parts.length >= PART_LIMIT) {
      tooMany = true;
      break;
    }
    const line = readBoundaryLine(text, next);
    if (line.lineEnd === "crlf") crlfLines = true;
    else if (line.lineEnd === "lone") lfLines = true;
    if (line.broken) brokenBoundary = true;
    next = line.next;
    partStart = line.final ? -1 : line.next;
    if (line.final && !closed) {
      closed = true;
      after = line.next;
    }
  }
  if (partStart >= 0 && !tooMany) parts.push({ start: partStart, end: text.length });
  return {
    parts,
    dataBefore: first > 0 && holdsData(text, 0, first),
    dataAfter: closed && holdsData(text, after, text.length),
    crlfLines,
    lfLines,
    brokenBoundary,
    dashLine: hasDashLine(text, delimiter),
    closed,
    tooMany,
  };
}

interface BoundaryLine {
  /** `--` follows the boundary. */
  readonly final: boolean;
  /** Offset after the line. */
  readonly next: number;
  readonly lineEnd: "crlf" | "lone" | "none";
  readonly broken: boolean;
}

/** The rest of a boundary line. What follows a final boundary on its line is data after it. */
function readBoundaryLine(text: ByteString, from: number): BoundaryLine {
  const final = text.startsWith("--", from);
  let at = final ? from + 2 : from;
  if (at >= text.length) return { final, next: at, lineEnd: "none", broken: false };
  if (final && !isLineEnd(text.charCodeAt(at))) return { final, next: at, lineEnd: "none", broken: true };
  const broken = !isLineEnd(text.charCodeAt(at));
  while (at < text.length && !isLineEnd(text.charCodeAt(at))) at++;
  if (text.startsWith("\r\n", at)) return { final, next: at + 2, lineEnd: "crlf", broken };
  return { final, next: Math.min(at + 1, text.length), lineEnd: at < text.length ? "lone" : "none", broken };
}

function isLineEnd(unit: number): boolean {
  return unit === 0x0a || unit === 0x0d;
}

/** Offset of the line end before a line. */
function beforeLineEnd(text: ByteString, at: number): number {
  return at > 1 && text.charCodeAt(at - 1) === 0x0a && text.charCodeAt(at - 2) === 0x0d ? at - 2 : at - 1;
}

function holdsData(text: ByteString, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isLineEnd(text.charCodeAt(at))) return true;
  return false;
}

function hasDashLine(text: ByteString, delimiter: ByteString): boolean {
  if (text.startsWith("--") && !text.startsWith(delimiter)) return true;
  for (let at = text.indexOf("\n--"); at >= 0; at = text.indexOf("\n--", at + 3)) {
    if (!text.startsWith(delimiter, at + 1)) return true;
  }
  return false;
}
