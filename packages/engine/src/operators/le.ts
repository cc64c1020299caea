import type { OperatorDefinition } from "../operator.ts";
import { compileComparison } from "./shared/comparison.ts";

/** `@le`: Int(value) <= Int(argument) (spec: seclang, 6.1 and 6.2). */
export const le: OperatorDefinition = {
  name: "le",
  summary: "True when the value, as an integer, is not greater than the argument.",
  argument: "integer, macros allowed",
  examples: [
    { title: "less", argument: "5", input: "4", matches: true },
    { title: "equal", argument: "5", input: "5", matches: true },
    { title: "greater", argument: "5", input: "10", matches: false },
  ],
  compile: (argument, context) => compileComparison(argument, context, (value, limit) => value <= limit),
};
