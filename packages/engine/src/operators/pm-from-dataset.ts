import type { OperatorDefinition } from "../operator.ts";
import { OperatorArgumentError } from "../operator.ts";
import { compilePhrases } from "./shared/phrases.ts";

/** `@pmFromDataset`: one of the phrases of a SecDataset occurs in the value, ASCII case apart. */
export const pmFromDataset: OperatorDefinition = {
  name: "pmFromDataset",
  summary: "As pm, with the phrases in a SecDataset.",
  argument: "name of a SecDataset",
  examples: [
    { title: "one of them", argument: "phrases", input: "1 UNION 2", matches: true },
    { title: "none of them", argument: "phrases", input: "sleep", matches: false },
  ],
  compile(argument, context) {
    const phrases = context.dataset(argument);
    if (phrases !== undefined) {
      const filled = phrases.filter((phrase) => phrase !== "");
      return compilePhrases(filled, context);
    }
    const hint = "define it with SecDataset";
    throw new OperatorArgumentError(`the dataset "${argument}" is not defined before this rule`, { hint });
  },
};
