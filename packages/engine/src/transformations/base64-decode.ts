import type { TransformationDefinition } from "../transformation.ts";
import { base64Table, decodeBase64, END, SKIP } from "./shared/base64.ts";

/** `t:base64Decode`: decodes Base64 up to the first byte that is none; padding is optional. */
export const base64Decode: TransformationDefinition = {
  name: "base64Decode",
  summary: "Decodes Base64 up to the first byte that is none; padding is optional.",
  examples: [
    { title: "padded", input: "YWJjZA==", output: "abcd" },
    { title: "stops at other bytes", input: "YWJj!ZA", output: "abc" },
  ],
  apply: (value) => decodeBase64(value, rules),
};

const table = base64Table(END);
for (const byte of "\r\n") table[byte.charCodeAt(0)] = SKIP;
const rules = { table };
