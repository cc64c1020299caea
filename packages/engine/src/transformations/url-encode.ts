import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { fromBytes } from "../text/bytes.ts";

/** `t:urlEncode`: writes all but letters, digits and * as %hh; blank becomes +. */
export const urlEncode: TransformationDefinition = {
  name: "urlEncode",
  summary: "Writes all but letters, digits and * as %hh; blank becomes +.",
  examples: [{ title: "text", input: "a b&", output: "a+b%26" }],
  apply: encode,
};

const DIGITS = "0123456789abcdef";

function encode(value: ByteString): ByteString {
  if (!/[^A-Za-z0-9*]/.test(value)) return value;
  const bytes = new Uint8Array(3 * value.length);
  let size = 0;
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (isPlain(unit)) bytes[size++] = unit;
    else if (unit === 0x20) bytes[size++] = 0x2b;
    else {
      bytes[size++] = 0x25;
      bytes[size++] = DIGITS.charCodeAt((unit >> 4) & 15);
      bytes[size++] = DIGITS.charCodeAt(unit & 15);
    }
  }
  return fromBytes(bytes.subarray(0, size));
}

function isPlain(unit: number): boolean {
  return (
    (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x2a
  );
}
