import type { OperatorDefinition } from "../operator.ts";
import { isSsn } from "./shared/identity-numbers.ts";
import { compileVerifiedNumber } from "./shared/verified-number.ts";

/**
 * `@verifySSN`: a match of the expression is a US social security number.
 *
 * Compat: Coraza has none (gaps B); as in ModSecurity.
 */
export const verifySSN: OperatorDefinition = {
  name: "verifySSN",
  summary: "True when a match of the expression is a US social security number.",
  argument: "regular expression that finds candidates",
  examples: [
    { title: "valid", argument: "[0-9]{3}-?[0-9]{2}-?[0-9]{4}", input: "ssn 574-57-8065", matches: true },
    { title: "area never issued", argument: "[0-9]{3}-?[0-9]{2}-?[0-9]{4}", input: "ssn 800-57-8065", matches: false },
  ],
  compile: (argument) => compileVerifiedNumber(argument, (text) => isSsn(text, 9)),
};
