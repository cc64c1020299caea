import type { ByteString } from "../../text/bytes.ts";
import { formDecode } from "../../variables/populate/form.ts";

/** What a Content-Disposition says. */
export interface Disposition {
  readonly isFormData: boolean;
  readonly name: ByteString | undefined;
  readonly filename: ByteString | undefined;
  /** A parameter is given twice, or cannot be read. */
  readonly invalid: boolean;
  /** Single quotes, an open quote, or text after a closing quote. */
  readonly invalidQuoting: boolean;
}

/**
 * Reads `form-data; name="a"; filename="b"` (RFC 7578; `filename*` as RFC 8187). When a parameter is repeated the last one
 * counts and the part is flagged: applications differ in which one they take (gaps A26).
 */
export function parseDisposition(value: ByteString): Disposition {
  const semicolon = value.indexOf(";");
  const type = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  const parameters = new Map<ByteString, ByteString>();
  let [invalid, invalidQuoting] = [false, false];
  for (let at = semicolon < 0 ? value.length : semicolon + 1; at < value.length;) {
    const parameter = readParameter(value, at);
    at = parameter.next;
    if (parameter.invalidQuoting) invalidQuoting = true;
    if (parameter.name === "") {
      if (parameter.value !== "") invalid = true;
      continue;
    }
    if (parameters.has(parameter.name)) invalid = true;
    parameters.set(parameter.name, parameter.value);
  }
  return {
    isFormData: type === "form-data",
    name: parameters.get("name"),
    filename: filenameOf(parameters),
    invalid,
    invalidQuoting,
  };
}

function filenameOf(parameters: ReadonlyMap<ByteString, ByteString>): ByteString | undefined {
  const extended = parameters.get("filename*");
  if (extended !== undefined) {
    const quote = extended.lastIndexOf("'");
    return formDecode((quote < 0 ? extended : extended.slice(quote + 1)).replaceAll("+", "%2B"));
  }
  if (parameters.has("filename")) return parameters.get("filename");
  let joined: ByteString | undefined;
  for (let part = 0; part < 100; part++) {
    const piece = parameters.get(`filename*${part}`) ?? parameters.get(`filename*${part}*`);
    if (piece === undefined) break;
    joined = (joined ?? "") + piece;
  }
  return joined;
}

interface Parameter {
  readonly name: ByteString;
  readonly value: ByteString;
  readonly next: number;
  readonly invalidQuoting: boolean;
}

function readParameter(text: ByteString, start: number): Parameter {
  const end = endOfParameter(text, start);
  const body = text.slice(start, end).trim();
  const equals = body.indexOf("=");
  if (equals < 0) return { name: "", value: body, next: end + 1, invalidQuoting: false };
  const name = body.slice(0, equals).trim().toLowerCase();
  const raw = body.slice(equals + 1).trim();
  if (!raw.startsWith('"'))
    return { name, value: raw, next: end + 1, invalidQuoting: raw.startsWith("'") || raw.includes('"') };
  const { value, rest, closed } = unquote(raw);
  return { name, value, next: end + 1, invalidQuoting: !closed || rest !== "" };
}

/** The next semicolon outside double quotes. */
function endOfParameter(text: ByteString, start: number): number {
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (quoted && unit === 0x5c) at++;
    else if (unit === 0x22) quoted = !quoted;
    else if (unit === 0x3b && !quoted) return at;
  }
  return text.length;
}

/**
 * The text between quotes. Only `\"` and `\\` are escapes: browsers of old send Windows paths with bare backslashes.
 */
function unquote(text: ByteString): { value: ByteString; rest: ByteString; closed: boolean } {
  let value = "";
  for (let at = 1; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === '"') return { value, rest: text.slice(at + 1), closed: true };
    if (letter === "\\" && (text[at + 1] === '"' || text[at + 1] === "\\")) at++;
    value += text[at]!;
  }
  return { value, rest: "", closed: false };
}
