import type { OperatorDefinition } from "../operator.ts";
import { OperatorArgumentError } from "../operator.ts";
import { compileAddresses } from "./shared/addresses.ts";

/** `@ipMatchFromDataset`: the value is an address listed in a SecDataset, which must exist and hold something. */
export const ipMatchFromDataset: OperatorDefinition = {
  name: "ipMatchFromDataset",
  summary: "True when the value is an IP address in one of the networks of a SecDataset.",
  argument: "name of a SecDataset",
  examples: [
    { title: "listed", argument: "networks", input: "192.0.2.17", matches: true },
    { title: "not listed", argument: "networks", input: "198.51.100.1", matches: false },
  ],
  compile(argument, context) {
    const entries = context.dataset(argument);
    if (entries === undefined || entries.length === 0) {
      const problem = entries === undefined ? "is not defined before this rule" : "is empty";
      throw new OperatorArgumentError(`the dataset "${argument}" ${problem}`, { hint: "define it with SecDataset" });
    }
    return compileAddresses(entries, context);
  },
};
