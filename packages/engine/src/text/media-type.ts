import type { ByteString } from "./bytes.ts";
import { toLowerAscii } from "./ascii.ts";
import { trimSpace } from "./trim.ts";

/** Type and subtype of a Content-Type value, lower-case, without parameters. */
export function mediaTypeOf(value: ByteString): ByteString {
  let end = 0;
  for (; end < value.length; end++) {
    const unit = value.charCodeAt(end);
    if (unit === 0x3b || unit === 0x2c) break;
  }
  return toLowerAscii(trimSpace(value.slice(0, end), true, true));
}
