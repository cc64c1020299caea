import type { OperatorDefinition } from "../operator.ts";
import { compileComparison } from "./shared/comparison.ts";

/** `@gt`: Int(value) > Int(argument) (spec: seclang, 6.1 and 6.2). */
export const gt: OperatorDefinition = {
  name: "gt",
  summary: "True when the value, as an integer, is greater than the argument.",
  argument: "integer, macros allowed",
  examples: [
    { title: "greater", argument: "5", input: "6", matches: true },
    { title: "equal", argument: "5", input: "5", matches: false },
    { title: "past 53 bits", argument: "9007199254740992", input: "9007199254740993", matches: true },
  ],
  compile: (argument, context) => compileComparison(argument, context, (value, limit) => value > limit),
};
