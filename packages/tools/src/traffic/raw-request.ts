import { parseLenient } from "@cuirass/ftw";
import type { RecordedExchange } from "./recorded-exchange.ts";

/** A file with the bytes of one request, as `nc` would send them. Line ends may be CRLF or LF. */
export function readRawRequest(text: string, name: string): RecordedExchange {
  // An editor adds a line break at the end; a request without a body has none behind its blank line.
  const raw = /\r?\n\r?\n/.test(text) ? text : `${text.trimEnd()}\r\n\r\n`;
  return { name, ...parseLenient(raw), raw };
}

/** Whether a text begins as a request does. */
export function looksRaw(text: string): boolean {
  return /^[A-Za-z]+ \S.{0,65536}? HTTP\/\d(?:\.\d)?\r?\n/.test(text);
}
