import type { Pattern } from "@cuirass/regex";
import type { ByteString } from "../text/bytes.ts";
import type { OperatorDefinition } from "../operator.ts";
import type { TransactionState } from "../transaction-state.ts";
import { afterMatch, captureGroups, compileExpression, rxFlags } from "./shared/expression.ts";

/** Searches for further matches to capture; empty matches use them up without filling a slot. */
const SEARCH_LIMIT = 32;

/**
 * `@rxGlobal`: as `@rx`, but captures go on with the next matches until TX:9 is full. Empty matches are captured only when
 * there is no other.
 *
 * Compat: Coraza has none (gaps B); as in ModSecurity 3.
 */
export const rxGlobal: OperatorDefinition = {
  name: "rxGlobal",
  summary:
    "True when the regular expression is found in the value; captures the groups of all matches, one after the other.",
  argument: "regular expression (RE2 syntax, bytes)",
  examples: [
    { title: "found twice", argument: "[0-9]+", input: "a1b22", matches: true },
    { title: "not found", argument: "[0-9]+", input: "ab", matches: false },
  ],
  compile(argument) {
    const pattern = compileExpression(argument, rxFlags);
    return {
      pattern,
      condition: pattern.condition,
      match: (value, tx) => (tx.capturing ? captureAll(pattern, value, tx) : pattern.test(value)),
      locate(value) {
        const spans = pattern.exec(value);
        return spans && [spans[0]!, spans[1]!];
      },
    };
  },
};

function captureAll(pattern: Pattern, value: ByteString, tx: TransactionState): boolean {
  const first = pattern.exec(value);
  if (first === undefined) return false;
  let slot = isEmpty(first) ? 0 : captureGroups(tx, value, first, 0);
  let from = afterMatch(first);
  for (let searches = 1; slot <= 9 && from <= value.length && searches < SEARCH_LIMIT; searches++) {
    const spans = pattern.exec(value, from);
    if (spans === undefined) break;
    if (!isEmpty(spans)) slot = captureGroups(tx, value, spans, slot);
    from = afterMatch(spans);
  }
  if (slot === 0) captureGroups(tx, value, first, 0);
  return true;
}

function isEmpty(spans: Int32Array): boolean {
  return spans[0] === spans[1];
}
