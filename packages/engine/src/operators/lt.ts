import type { OperatorDefinition } from "../operator.ts";
import { compileComparison } from "./shared/comparison.ts";

/** `@lt`: Int(value) < Int(argument) (spec: seclang, 6.1 and 6.2). */
export const lt: OperatorDefinition = {
  name: "lt",
  summary: "True when the value, as an integer, is less than the argument.",
  argument: "integer, macros allowed",
  examples: [
    { title: "less", argument: "5", input: "4", matches: true },
    { title: "equal", argument: "5", input: "5", matches: false },
    { title: "no integer, so 0", argument: "1", input: "abc", matches: true },
  ],
  compile: (argument, context) => compileComparison(argument, context, (value, limit) => value < limit),
};
