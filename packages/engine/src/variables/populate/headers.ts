import type { Variables } from "../variables.ts";
import type { WafSettings } from "../../settings.ts";
import type { ByteString } from "../../text/bytes.ts";
import { toLowerAscii } from "../../text/ascii.ts";
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
): void {
  if (name === "") return;
  const lower = toLowerAscii(name);
  v.requestHeaders.add(name, value, lower);
  if (lower === "cookie") return populateCookies(v, settings, value);
  if (lower !== "content-type") return;
  const type = mediaTypeOf(value);
  if (type === "application/x-www-form-urlencoded") v.reqbodyProcessor.set("URLENCODED");
  // A beginning is enough: a missing semicolon is the multipart processor's to flag.
  else if (type.startsWith("multipart/form-data")) v.reqbodyProcessor.set("MULTIPART");
}

/** One response header line. */
export function addResponseHeader(v: Variables, name: ByteString, value: ByteString): void {
  if (name === "") return;
  const lower = toLowerAscii(name);
  v.responseHeaders.add(name, value, lower);
  if (lower !== "content-type") return;
  const semicolon = value.indexOf(";");
  v.responseContentType.set(semicolon < 0 ? value : value.slice(0, semicolon));
}
