import type { TransformationDefinition } from "../transformation.ts";
import { md5 as digest } from "@noble/hashes/legacy.js";
import { fromBytes, toBytes } from "../text/bytes.ts";

/** `t:md5`: gives the MD5 digest as raw bytes. */
export const md5: TransformationDefinition = {
  name: "md5",
  summary: "Gives the MD5 digest as raw bytes.",
  examples: [{ title: "empty", input: "", output: "\xd4\x1d\x8c\xd9\x8f\0\xb2\x04\xe9\x80\t\x98\xec\xf8B~" }],
  apply: (value) => fromBytes(digest(toBytes(value))),
};
