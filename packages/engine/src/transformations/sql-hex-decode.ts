import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";

/** `t:sqlHexDecode`: decodes SQL hexadecimal literals such as 0x414243. */
export const sqlHexDecode: TransformationDefinition = {
  name: "sqlHexDecode",
  summary: "Decodes SQL hexadecimal literals such as 0x414243.",
  examples: [
    { title: "literal", input: "0x414243", output: "ABC" },
    { title: "inside text", input: "a 0x4142 b", output: "a AB b" },
  ],
  reactsTo: "xX",
  apply: decode,
};

function decode(value: ByteString): ByteString {
  if (!/0x/i.test(value)) return value;
  return value.replaceAll(/0x((?:[0-9a-f]{2})+)/gi, (_all, digits: string) =>
    digits.replaceAll(/../g, (pair) => String.fromCharCode(parseInt(pair, 16))),
  );
}
