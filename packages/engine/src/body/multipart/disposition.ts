import type { ByteString } from "../../text/bytes.ts";
import { toLowerAscii } from "../../text/ascii.ts";
import { percentDecode } from "../../text/percent-decode.ts";
import { trimSpace } from "../../text/trim.ts";

/** What a Content-Disposition says. */
export interface Disposition {
  readonly name: ByteString | undefined;
  /** Every file name that an application might take, the likeliest first; empty ones are left out. */
  readonly filenames: readonly ByteString[];
  /** It is not form-data, a parameter is given twice, or there is text that is no parameter. */
  readonly invalid: boolean;
  /** Single quotes, an open quote, or text after a closing quote. */
  readonly invalidQuoting: boolean;
}

/**
 * Reads `form-data; name="a"; filename="b"` (RFC 7578; `filename*` as RFC 8187, `filename*0` as RFC 2231). Of a repeated
 * parameter the last one counts and the part is flagged: applications differ in which one they take (gaps A26).
 */
export function parseDisposition(value: ByteString): Disposition {
  const typeEnd = endOfParameter(value, 0);
  let invalid = toLowerAscii(trimSpace(value.slice(0, typeEnd), true, true)) !== "form-data";
  let invalidQuoting = false;
  const parameters = new Map<ByteString, ByteString>();
  for (let at = typeEnd + 1; at < value.length;) {
    const end = endOfParameter(value, at);
    const parameter = readParameter(value.slice(at, end));
    at = end + 1;
    if (parameter === undefined) continue;
    if (parameter.invalidQuoting) invalidQuoting = true;
    if (parameter.name === "" || parameters.has(parameter.name)) invalid = true;
    parameters.set(parameter.name, parameter.value);
  }
  const [name] = valuesOf(parameters, "name");
  const filenames = [...new Set(valuesOf(parameters, "filename"))].filter((filename) => filename !== "");
  return { name, filenames, invalid, invalidQuoting };
}

/** The readings of a parameter: extended, plain, put together from continuations. */
function valuesOf(parameters: ReadonlyMap<ByteString, ByteString>, name: string): ByteString[] {
  const values: ByteString[] = [];
  const extended = parameters.get(`${name}*`);
  if (extended !== undefined) values.push(decodeExtended(extended));
  const plain = parameters.get(name);
  if (plain !== undefined) values.push(plain);
  let joined: ByteString | undefined;
  for (let part = 0; ; part++) {
    const literal = parameters.get(`${name}*${part}`);
    const encoded = literal === undefined ? parameters.get(`${name}*${part}*`) : undefined;
    if (literal === undefined && encoded === undefined) break;
    joined = (joined ?? "") + (literal ?? (part === 0 ? decodeExtended(encoded!) : percentDecode(encoded!, false)));
  }
  if (joined !== undefined) values.push(joined);
  return values;
}

/** `charset'language'text`; the text alone when the quotes are missing. Bytes are not converted. */
function decodeExtended(value: ByteString): ByteString {
  const language = value.indexOf("'");
  const text = language < 0 ? -1 : value.indexOf("'", language + 1);
  return percentDecode(text < 0 ? value : value.slice(text + 1), false);
}

interface Parameter {
  /** Lower-case, "" when there is no `=`. */
  readonly name: ByteString;
  readonly value: ByteString;
  readonly invalidQuoting: boolean;
}

/** One piece between semicolons; undefined when it is blank. */
function readParameter(piece: ByteString): Parameter | undefined {
  const text = trimSpace(piece, true, true);
  if (text === "") return undefined;
  const equals = text.indexOf("=");
  if (equals < 0) return { name: "", value: text, invalidQuoting: false };
  const name = toLowerAscii(trimSpace(text.slice(0, equals), true, true));
  const value = trimSpace(text.slice(equals + 1), true, true);
  if (value.charCodeAt(0) !== 0x22)
    return { name, value, invalidQuoting: value.startsWith("'") || value.includes('"') };
  const quoted = unquote(value);
  return { name, value: quoted.value, invalidQuoting: !quoted.closed || quoted.next < value.length };
}

/** The next semicolon outside double quotes. */
function endOfParameter(text: ByteString, start: number): number {
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (quoted && unit === 0x5c && isEscapable(text.charCodeAt(at + 1))) at++;
    else if (unit === 0x22) quoted = !quoted;
    else if (unit === 0x3b && !quoted) return at;
  }
  return text.length;
}

/** The text between quotes, and where it ended. What follows the closing quote is kept, so that it hides nothing. */
function unquote(text: ByteString): { readonly value: ByteString; readonly next: number; readonly closed: boolean } {
  const pieces: string[] = [];
  let from = 1;
  for (let at = 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) {
      pieces.push(text.slice(from, at), text.slice(at + 1));
      return { value: pieces.join(""), next: at + 1, closed: true };
    }
    if (unit !== 0x5c || !isEscapable(text.charCodeAt(at + 1))) continue;
    pieces.push(text.slice(from, at));
    from = ++at;
  }
  pieces.push(text.slice(from));
  return { value: pieces.join(""), next: text.length, closed: false };
}

/** Only `\"` and `\\` are escapes: old browsers sent Windows paths with bare backslashes. */
function isEscapable(unit: number): boolean {
  return unit === 0x22 || unit === 0x5c;
}
