import type { Pattern } from "@cuirass/regex";
import type { ByteString } from "../text/bytes.ts";
import type { OperatorDefinition } from "../operator.ts";
import type { TransactionState } from "../transaction-state.ts";
import { OperatorArgumentError } from "../operator.ts";
import { afterMatch, compileExpression, plainFlags } from "./shared/expression.ts";
import { isRut, isSsn } from "./shared/identity-numbers.ts";

type Check = (text: ByteString) => boolean;

const countries: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["cl", isRut],
  ["us", (text) => isSsn(text, Infinity)],
]);

/**
 * `@validateNid`: some match of the expression is a valid national id. TX:i is the i-th match when it is valid.
 *
 * Compat: all matches are checked; Coraza looks at the first ten (spec: seclang, 6.2), and an id behind them gets away.
 */
export const validateNid: OperatorDefinition = {
  name: "validateNid",
  summary: "True when a match of the expression is a valid national id: cl (RUT) or us (social security number).",
  argument: "cl or us, then a regular expression that finds candidates",
  examples: [
    { title: "Chilean RUT", argument: "cl [0-9.]+-[0-9kK]", input: "rut 11.111.111-1", matches: true },
    { title: "wrong check digit", argument: "cl [0-9.]+-[0-9kK]", input: "rut 11.111.111-2", matches: false },
    { title: "social security number", argument: "us [0-9]{3}-[0-9]{2}-[0-9]{4}", input: "219-09-9999", matches: true },
    { title: "area never issued", argument: "us [0-9]{3}-[0-9]{2}-[0-9]{4}", input: "000-09-9999", matches: false },
  ],
  compile(argument) {
    const parts = /^([^ \t]+)[ \t]+([^ \t].*)$/s.exec(argument);
    const check = parts === null ? undefined : countries.get(parts[1]!);
    if (parts === null || check === undefined) {
      const hint = 'write the country, "cl" or "us", a blank, and an expression';
      throw new OperatorArgumentError("the argument is not a country and an expression", { hint });
    }
    const expression = parts[2]!;
    const pattern = compileExpression(expression, plainFlags, argument.length - expression.length);
    return {
      pattern,
      condition: pattern.condition,
      match: (value, tx) => checkMatches(pattern, check, value, tx),
    };
  },
};

function checkMatches(pattern: Pattern, check: Check, value: ByteString, tx: TransactionState): boolean {
  let valid = false;
  for (let from = 0, index = 0; from <= value.length; index++) {
    const spans = pattern.exec(value, from);
    if (spans === undefined) break;
    const text = value.slice(spans[0], spans[1]);
    if (check(text)) {
      if (!tx.capturing) return true;
      valid = true;
      if (index <= 9) tx.capture(index, text);
      else break;
    }
    from = afterMatch(spans);
  }
  return valid;
}
