import type { TransformationDefinition } from "../transformation.ts";
import { base64Table, decodeBase64, END, SKIP } from "./shared/base64.ts";

/** `t:base64DecodeExt`: decodes Base64, passing over bytes that are none; the URL alphabet is understood. */
export const base64DecodeExt: TransformationDefinition = {
  name: "base64DecodeExt",
  summary: "Decodes Base64, passing over bytes that are none; the URL alphabet is understood.",
  examples: [
    { title: "noise inside", input: "Y W.J!j", output: "abc" },
    { title: "URL alphabet", input: "-_8", output: "\xfb\xff" },
  ],
  apply: (value) => decodeBase64(value, rules),
};

const table = base64Table(SKIP);
table["=".charCodeAt(0)] = END;
table["-".charCodeAt(0)] = 62;
table["_".charCodeAt(0)] = 63;
const rules = { table };
