import type { OperatorDefinition } from "../operator.ts";
import { captureGroups, compileExpression, rxFlags } from "./shared/expression.ts";

/**
 * `@rx`: the expression is found in the value. RE2 syntax over bytes, leftmost-first; no macros (spec: seclang, 6.3).
 *
 * Compat: bytes, not code points, as in ModSecurity; one engine for every pattern, so `\xff` keeps the default flags
 * (decision 1).
 */
export const rx: OperatorDefinition = {
  name: "rx",
  summary: "True when the regular expression is found in the value; captures the match and its groups.",
  argument: "regular expression (RE2 syntax, bytes)",
  examples: [
    { title: "found", argument: "(?i)union\\s+select", input: "1 UNION  SELECT 2", matches: true },
    { title: "not found", argument: "^[0-9]+$", input: "12a", matches: false },
    { title: "dot matches line feed", argument: "a.b", input: "a\nb", matches: true },
    { title: "line boundaries", argument: "^b$", input: "a\nb\nc", matches: true },
    { title: "bytes", argument: "\\xff", input: "a\xffb", matches: true },
    { title: "empty expression", argument: "", input: "", matches: true },
  ],
  compile(argument) {
    const pattern = compileExpression(argument, rxFlags);
    return {
      pattern,
      textOnly: true,
      condition: pattern.condition,
      match(value, tx) {
        if (!tx.capturing) return pattern.test(value);
        if (pattern.takesAll) {
          tx.capture(0, value);
          return true;
        }
        const spans = pattern.exec(value);
        if (spans === undefined) return false;
        captureGroups(tx, value, spans, 0);
        return true;
      },
      locate(value) {
        const spans = pattern.exec(value);
        return spans && [spans[0]!, spans[1]!];
      },
    };
  },
};
