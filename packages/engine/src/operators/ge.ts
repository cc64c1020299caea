import type { OperatorDefinition } from "../operator.ts";
import { compileComparison } from "./shared/comparison.ts";

/** `@ge`: Int(value) >= Int(argument) (spec: seclang, 6.1 and 6.2). */
export const ge: OperatorDefinition = {
  name: "ge",
  summary: "True when the value, as an integer, is not less than the argument.",
  argument: "integer, macros allowed",
  examples: [
    { title: "greater", argument: "5", input: "6", matches: true },
    { title: "equal", argument: "5", input: "5", matches: true },
    { title: "less", argument: "5", input: "-6", matches: false },
  ],
  compile: (argument, context) => compileComparison(argument, context, (value, limit) => value >= limit),
};
