import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { fromBytes } from "../text/bytes.ts";
import { beyondAscii } from "./shared/reacts-to.ts";

/** `t:parityZero7bit`: clears the top bit of every byte. */
export const parityZero7bit: TransformationDefinition = {
  name: "parityZero7bit",
  summary: "Clears the top bit of every byte.",
  examples: [{ title: "high byte", input: "\xe1b", output: "ab" }],
  reactsTo: beyondAscii,
  apply: clear,
};

function clear(value: ByteString): ByteString {
  let at = 0;
  while (at < value.length && value.charCodeAt(at) < 0x80) at++;
  if (at === value.length) return value;
  const bytes = new Uint8Array(value.length);
  for (at = 0; at < value.length; at++) bytes[at] = value.charCodeAt(at) & 0x7f;
  return fromBytes(bytes);
}
