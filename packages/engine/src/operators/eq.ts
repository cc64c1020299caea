import type { OperatorDefinition } from "../operator.ts";
import { compileComparison } from "./shared/comparison.ts";

/** `@eq`: Int(value) = Int(argument) (spec: seclang, 6.1 and 6.2). */
export const eq: OperatorDefinition = {
  name: "eq",
  summary: "True when the value is the same integer.",
  argument: "integer, macros allowed",
  examples: [
    { title: "equal", argument: "5", input: "5", matches: true },
    { title: "signs and leading zeros do not count", argument: "5", input: "+05", matches: true },
    { title: "a text that is no integer is 0", argument: "0", input: "5x", matches: true },
    { title: "different", argument: "5", input: "-5", matches: false },
  ],
  compile: (argument, context) => compileComparison(argument, context, (value, limit) => value === limit),
};
