import type { TransformationDefinition } from "../transformation.ts";
import { cleanPath } from "./shared/clean-path.ts";

/** `t:normalisePath`: what a path comes down to. */
export const normalisePath: TransformationDefinition = {
  name: "normalisePath",
  aliases: ["normalizePath"],
  summary: "Resolves //, /./ and /../ of a path.",
  examples: [{ title: "up and down", input: "/a/../b//./c", output: "/b/c" }],
  reactsTo: "/.",
  keepsCase: true,
  apply: cleanPath,
};
