import type { ByteString } from "../../text/bytes.ts";
import { isSpace, toLowerAscii } from "../../text/ascii.ts";

/** What the Content-Type says about the boundary, and what is odd about how it says it. */
export interface Boundary {
  readonly value: ByteString;
  readonly quoted: boolean;
  /** White space around the `=` or in the boundary. */
  readonly whitespace: boolean;
  readonly missingSemicolon: boolean;
}

/** RFC 2046, 5.1.1. */
const LENGTH_LIMIT = 70;

/**
 * Reads the boundary parameter; an error text when there is no usable one. It is looked for as the simplest of servers do,
 * anywhere in the value: two of them are an error, for nobody can say which one the application takes.
 */
export function parseBoundary(contentType: ByteString): Boundary | string {
  const lower = toLowerAscii(contentType);
  const typeStart = skipSpace(lower, 0);
  if (!lower.startsWith("multipart/", typeStart)) return "the content type is not multipart";
  const parameter = findParameter(lower, typeStart);
  if (parameter === undefined) return "the content type names no boundary";
  if (findParameter(lower, parameter.valueStart) !== undefined) return "the content type names several boundaries";

  const valueStart = skipSpace(contentType, parameter.valueStart);
  const quoted = contentType.charCodeAt(valueStart) === 0x22;
  const end = quoted ? contentType.indexOf('"', valueStart + 1) : endOfValue(contentType, valueStart);
  if (end < 0) return "the quoted boundary is not closed";
  if (quoted && !endsParameter(contentType, end + 1)) return "text follows the quoted boundary";
  const raw = contentType.slice(quoted ? valueStart + 1 : valueStart, end);
  const value = quoted ? raw : trimRight(raw);
  if (value === "") return "the boundary is empty";
  if (value.length > LENGTH_LIMIT) return `the boundary is longer than ${LENGTH_LIMIT} bytes`;
  if (!hasBoundaryBytes(value)) return "the boundary holds bytes that it may not";
  return {
    value,
    quoted,
    whitespace: parameter.spaced || valueStart > parameter.valueStart || value.includes(" ") || value !== raw,
    missingSemicolon: !followsSemicolon(lower, typeStart, parameter.nameStart),
  };
}

interface Parameter {
  readonly nameStart: number;
  /** After the `=`. */
  readonly valueStart: number;
  /** White space before the `=`. */
  readonly spaced: boolean;
}

/** The next `boundary` with a `=` after it. */
function findParameter(lower: ByteString, from: number): Parameter | undefined {
  for (let at = lower.indexOf("boundary", from); at >= 0; at = lower.indexOf("boundary", at + 8)) {
    const equals = skipSpace(lower, at + 8);
    if (lower.charCodeAt(equals) === 0x3d) return { nameStart: at, valueStart: equals + 1, spaced: equals > at + 8 };
  }
  return undefined;
}

/** Whether a semicolon stands between the media type and the parameter, and nothing but white space before the latter. */
function followsSemicolon(lower: ByteString, typeStart: number, nameStart: number): boolean {
  let type = typeStart + "multipart/".length;
  while (type < nameStart && lower.charCodeAt(type) !== 0x3b && !isSpace(lower.charCodeAt(type))) type++;
  if (lower.charCodeAt(skipSpace(lower, type)) !== 0x3b) return false;
  let before = nameStart - 1;
  while (before > 0 && isSpace(lower.charCodeAt(before))) before--;
  return lower.charCodeAt(before) === 0x3b;
}

function endOfValue(text: ByteString, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== 0x3b && text.charCodeAt(at) !== 0x2c) at++;
  return at;
}

function endsParameter(text: ByteString, from: number): boolean {
  const at = skipSpace(text, from);
  return at === text.length || text.charCodeAt(at) === 0x3b;
}

function skipSpace(text: ByteString, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

function trimRight(text: ByteString): ByteString {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Visible ASCII other than quotes and backslashes, and blanks, but not at the end. */
function hasBoundaryBytes(value: ByteString): boolean {
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return false;
  }
  return value.charCodeAt(value.length - 1) !== 0x20;
}
