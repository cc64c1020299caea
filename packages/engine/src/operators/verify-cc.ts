import type { OperatorDefinition } from "../operator.ts";
import { passesLuhn } from "./shared/identity-numbers.ts";
import { compileVerifiedNumber } from "./shared/verified-number.ts";

/**
 * `@verifyCC`: a match of the expression passes the Luhn check.
 *
 * Compat: Coraza has none (gaps B); as in ModSecurity.
 */
export const verifyCC: OperatorDefinition = {
  name: "verifyCC",
  summary: "True when a match of the expression is a payment card number (Luhn check).",
  argument: "regular expression that finds candidates",
  examples: [
    { title: "card number", argument: "[0-9]{13,16}", input: "card 4417123456789113", matches: true },
    { title: "wrong check digit", argument: "[0-9]{13,16}", input: "card 4417123456789112", matches: false },
    { title: "inside a longer run of digits", argument: "[0-9]{16}", input: "94417123456789113", matches: true },
  ],
  compile: (argument) => compileVerifiedNumber(argument, passesLuhn),
};
