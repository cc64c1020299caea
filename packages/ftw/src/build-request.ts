import type { StageInput } from "./ftw-test.ts";

const FORM = "application/x-www-form-urlencoded";
const METHODS_WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

/** The bytes that a stage puts on the wire, as a byte string (shared spec: ftw, how a request is built). */
export function buildRequest(input: StageInput): string {
  if (input.encodedRequest !== undefined) return Buffer.from(input.encodedRequest, "base64").toString("latin1");
  const headers = input.headers.map(([name, value]) => [name, value] as [string, string]);
  const find = (name: string): string | undefined => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  let body = input.data ?? "";
  if (input.autocompleteHeaders) {
    if (body !== "" && find("content-type") === undefined) headers.push(["Content-Type", FORM]);
    if (find("content-type") === FORM) body = encodeForm(body);
  }
  if (find("content-type")?.includes("multipart/form-data;")) body = body.replaceAll(/\r?\n/g, "\r\n");
  if (input.autocompleteHeaders) {
    if (find("connection") === undefined) headers.push(["Connection", "close"]);
    if (find("content-length") === undefined && (body !== "" || METHODS_WITH_BODY.has(input.method))) {
      headers.push(["Content-Length", String(body.length)]);
    }
  }
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${input.method} ${input.uri} ${input.version}\r\n${head}\r\n${body}`;
}

/** Escapes the pieces of a form body that is not escaped yet; one that decodes to something else is left alone. */
function encodeForm(body: string): string {
  const decoded = queryUnescape(body);
  if (decoded === undefined || decoded !== body) return body;
  return body
    .split("&")
    .map((piece) => {
      const equals = piece.indexOf("=");
      if (equals < 0) return queryEscape(piece);
      return `${queryEscape(piece.slice(0, equals))}=${queryEscape(piece.slice(equals + 1))}`;
    })
    .join("&");
}

/** Undefined when an escape is broken. */
function queryUnescape(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  return text
    .replaceAll("+", " ")
    .replaceAll(/%([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function queryEscape(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9\-_.~]/g, (character) =>
    character === " " ? "+" : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
