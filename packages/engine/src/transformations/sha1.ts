import type { TransformationDefinition } from "../transformation.ts";
import { sha1 as digest } from "@noble/hashes/legacy.js";
import { fromBytes, toBytes } from "../text/bytes.ts";

/** `t:sha1`: gives the SHA1 digest as raw bytes. */
export const sha1: TransformationDefinition = {
  name: "sha1",
  summary: "Gives the SHA1 digest as raw bytes.",
  examples: [{ title: "empty", input: "", output: "\xda9\xa3\xee^kK\r2U\xbf\xef\x95`\x18\x90\xaf\xd8\x07\t" }],
  apply: (value) => fromBytes(digest(toBytes(value))),
};
