import type { Variables } from "../variables.ts";
import type { EntryMemo } from "../../evaluate/entry-memo.ts";
import type { WafSettings } from "../../settings.ts";
import type { ByteString } from "../../text/bytes.ts";
import { mediaTypeOf } from "../../text/media-type.ts";
import { populateCookies } from "./cookies.ts";

/**
 * One request header line. Content-Type chooses the body processor by media type, parameters aside; the last line that
 * names one wins.
 *
 * Compat: `application/x-www-form-urlencoded; charset=...` is a form too (gaps A9, decision 4).
 */
export function addRequestHeader(
  v: Variables,
  settings: Readonly<WafSettings>,
  name: ByteString,
  value: ByteString,
  memo: EntryMemo,
): void {
  if (name === "") return;
  const entry = memo.of(name, value);
  v.requestHeaders.addEntry(entry);
  const { lowerKey } = entry;
  if (lowerKey === "cookie") return populateCookies(v, settings, value);
  if (lowerKey !== "content-type") return;
  const type = mediaTypeOf(value);
  if (type === "application/x-www-form-urlencoded") v.reqbodyProcessor.set("URLENCODED");
  // A beginning is enough: a missing semicolon is the multipart processor's to flag.
  else if (type.startsWith("multipart/form-data")) v.reqbodyProcessor.set("MULTIPART");
}

/** One response header line. */
export function addResponseHeader(v: Variables, name: ByteString, value: ByteString, memo: EntryMemo): void {
  if (name === "") return;
  const entry = memo.of(name, value);
  v.responseHeaders.addEntry(entry);
  if (entry.lowerKey !== "content-type") return;
  const semicolon = value.indexOf(";");
  v.responseContentType.set(semicolon < 0 ? value : value.slice(0, semicolon));
}
