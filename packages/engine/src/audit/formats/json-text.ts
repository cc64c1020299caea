import type { ByteString } from "../../text/bytes.ts";
import { encodeUtf8 } from "../../text/bytes.ts";
import { decodeUtf8 } from "../../text/utf8-decode.ts";

const escaped: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** JSON as UTF-8 bytes, with the characters escaped that Go escapes, so that it can stand inside HTML. */
export function stringify(value: unknown): ByteString {
  return encodeUtf8(JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (character) => escaped[character]!));
}

/** Bytes as JSON text: UTF-8 decoded, broken bytes as U+FFFD. */
export function text(bytes: ByteString): string {
  return decodeUtf8(bytes);
}
