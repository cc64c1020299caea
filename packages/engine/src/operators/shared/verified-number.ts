import type { ByteString } from "../../text/bytes.ts";
import type { OperatorMatcher } from "../../operator.ts";
import { compileExpression, findAccepted, rxFlags } from "./expression.ts";

/** Matcher of the `@verify` family: a match of the expression passes the check; TX:0 is that match. */
export function compileVerifiedNumber(argument: ByteString, check: (text: ByteString) => boolean): OperatorMatcher {
  const pattern = compileExpression(argument, rxFlags);
  return {
    pattern,
    condition: pattern.condition,
    match(value, tx) {
      const found = findAccepted(pattern, value, check);
      if (found === undefined) return false;
      if (tx.capturing) tx.capture(0, value.slice(found[0], found[1]));
      return true;
    },
    locate: (value) => findAccepted(pattern, value, check),
  };
}
