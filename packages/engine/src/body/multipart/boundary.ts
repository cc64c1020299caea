import type { ByteString } from "../../text/bytes.ts";

/** What the Content-Type says about the boundary, and what is odd about how it says it. */
export interface Boundary {
  readonly value: ByteString;
  readonly quoted: boolean;
  readonly whitespace: boolean;
  readonly missingSemicolon: boolean;
}

const LENGTH_LIMIT = 70;

/** Reads the boundary parameter; an error text when there is no usable one (RFC 2046, 5.1.1). */
export function parseBoundary(contentType: ByteString): Boundary | string {
  const type = /^\s*multipart\/[\w.+-]+/i.exec(contentType);
  if (type === null) return "the content type is not multipart";
  const parameters = contentType.slice(type[0].length);
  const found = [...parameters.matchAll(/boundary(\s*)=(\s*)(?:"([^"]*)("?)|([^;,]*))/gi)];
  if (found.length === 0) return "the content type names no boundary";
  if (found.length > 1) return "the content type names several boundaries";
  const [match] = found;
  const [, before = "", after = "", quotedText, closing, plain = ""] = match!;
  if (quotedText !== undefined && closing !== '"') return "the quoted boundary is not closed";
  const raw = quotedText ?? plain;
  const value = quotedText === undefined ? raw.trim() : raw;
  if (value === "") return "the boundary is empty";
  if (value.length > LENGTH_LIMIT) return `the boundary is longer than ${LENGTH_LIMIT} bytes`;
  if (!/^[\x20-\x7e]*[\x21-\x7e]$/.test(value)) return "the boundary holds bytes that it may not";
  return {
    value,
    quoted: quotedText !== undefined,
    whitespace: before !== "" || after !== "" || raw !== raw.trimEnd() || /\s/.test(value),
    missingSemicolon: !/^\s*;/.test(parameters),
  };
}
