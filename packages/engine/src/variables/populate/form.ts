import type { ByteString } from "../../text/bytes.ts";
import { percentDecode } from "../../text/percent-decode.ts";

/**
 * Splits `name=value` pieces and hands each decoded pair to `add`. Empty pieces are skipped, a piece without `=` is a name
 * with an empty value (spec: transaction, 3). Ends when `add` has no room for a pair: there is none for any other then.
 *
 * Compat: order is kept, and so is every one of the names that differ only in case (gaps A7, A32).
 */
export function parseForm(
  text: ByteString,
  separator: ByteString,
  add: (name: ByteString, value: ByteString) => boolean,
): void {
  // Where the next `=` is, so that pieces without one do not search the rest of the text each time.
  let equals = text.indexOf("=");
  for (let start = 0; start < text.length;) {
    let end = text.indexOf(separator, start);
    if (end < 0) end = text.length;
    if (end > start) {
      if (equals >= 0 && equals < start) equals = text.indexOf("=", start);
      const split = equals < 0 || equals >= end ? end : equals;
      if (!add(formDecode(text.slice(start, split)), formDecode(text.slice(split + 1, end)))) return;
    }
    start = end + 1;
  }
}

/** `+` to blank and `%HH` to a byte, once; anything else stays. */
export function formDecode(text: ByteString): ByteString {
  return percentDecode(text, true);
}
