import type { OperatorDefinition } from "../operator.ts";
import { isSvnr } from "./shared/identity-numbers.ts";
import { compileVerifiedNumber } from "./shared/verified-number.ts";

/**
 * `@verifySVNR`: a match of the expression is an Austrian social insurance number.
 *
 * Compat: Coraza has none (gaps B); as in ModSecurity.
 */
export const verifySVNR: OperatorDefinition = {
  name: "verifySVNR",
  summary: "True when a match of the expression is an Austrian social insurance number.",
  argument: "regular expression that finds candidates",
  examples: [
    { title: "valid", argument: "[0-9]{4} ?[0-9]{6}", input: "1237 010180", matches: true },
    { title: "wrong check digit", argument: "[0-9]{4} ?[0-9]{6}", input: "1236 010180", matches: false },
  ],
  compile: (argument) => compileVerifiedNumber(argument, isSvnr),
};
