import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";

/** `t:urlEncode`: writes all but letters, digits and * as %hh; blank becomes +. */
export const urlEncode: TransformationDefinition = {
  name: "urlEncode",
  summary: "Writes all but letters, digits and * as %hh; blank becomes +.",
  examples: [{ title: "text", input: "a b&", output: "a+b%26" }],
  apply: encode,
};

function encode(value: ByteString): ByteString {
  if (!/[^A-Za-z0-9*]/.test(value)) return value;
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (isPlain(unit)) continue;
    pieces.push(value.slice(from, at), unit === 0x20 ? "+" : `%${unit.toString(16).padStart(2, "0")}`);
    from = at + 1;
  }
  pieces.push(value.slice(from));
  return pieces.join("");
}

function isPlain(unit: number): boolean {
  return (
    (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x2a
  );
}
