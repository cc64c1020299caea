import type { OperatorDefinition } from "../operator.ts";
import { isCpf } from "./shared/identity-numbers.ts";
import { compileVerifiedNumber } from "./shared/verified-number.ts";

/**
 * `@verifyCPF`: a match of the expression is a Brazilian CPF.
 *
 * Compat: Coraza has none (gaps B); as in ModSecurity.
 */
export const verifyCPF: OperatorDefinition = {
  name: "verifyCPF",
  summary: "True when a match of the expression is a Brazilian CPF.",
  argument: "regular expression that finds candidates",
  examples: [
    { title: "valid", argument: "[0-9.]{11}-[0-9]{2}", input: "cpf 010.817.514-60", matches: true },
    { title: "wrong check digits", argument: "[0-9.]{11}-[0-9]{2}", input: "cpf 010.817.514-61", matches: false },
  ],
  compile: (argument) => compileVerifiedNumber(argument, isCpf),
};
