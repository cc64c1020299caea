import { PhraseMatcher } from "@cuirass/regex";
import type { ByteString } from "../../text/bytes.ts";
import type { OperatorCompileContext, OperatorMatcher } from "../../operator.ts";

const CAPTURE_LIMIT = 10;

/** Matcher of the `@pm` family: some phrase occurs, ASCII case apart; TX:0 ... TX:9 are the occurrences in order. */
export function compilePhrases(phrases: readonly ByteString[], context: OperatorCompileContext): OperatorMatcher {
  if (phrases.length === 0) {
    context.warn("there is no phrase to look for, so the operator never matches");
    return { match: () => false };
  }
  const matcher = new PhraseMatcher(phrases);
  return {
    textOnly: true,
    match(value, tx) {
      if (!tx.capturing) return matcher.test(value);
      const spans = matcher.find(value, CAPTURE_LIMIT);
      for (let at = 0; at < spans.length; at += 2) tx.capture(at >> 1, value.slice(spans[at]!, spans[at + 1]!));
      return spans.length > 0;
    },
    locate(value) {
      const spans = matcher.find(value, 1);
      return spans.length === 0 ? undefined : [spans[0]!, spans[1]!];
    },
    condition: matcher.condition,
  };
}
