import type { ByteString } from "./bytes.ts";
import { toLowerAscii } from "./ascii.ts";

/** Type and subtype of a Content-Type value, lower-case, without parameters. */
export function mediaTypeOf(value: ByteString): ByteString {
  const end = value.search(/[;,]/);
  return toLowerAscii(end < 0 ? value : value.slice(0, end)).trim();
}
