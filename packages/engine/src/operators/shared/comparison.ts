import type { OperatorCompileContext, OperatorMatcher } from "../../operator.ts";
import type { ByteString } from "../../text/bytes.ts";
import { toInt } from "../../text/int.ts";
import { literalArgument } from "./literal.ts";

/** An integer of {@link toInt}. */
export type Int = number | bigint;

/** Matcher of an operator that compares value and argument as integers; texts that are none count as 0 on both sides. */
export function compileComparison(
  argument: ByteString,
  context: OperatorCompileContext,
  holds: (value: Int, limit: Int) => boolean,
): OperatorMatcher {
  const macro = literalArgument(argument, context);
  if (macro.dynamic) return { match: (value, tx) => holds(toInt(value), toInt(macro.expand(tx))), cheap: true };
  const limit = toInt(macro.text);
  const match = (value: ByteString): boolean => holds(toInt(value), limit);
  return { match, cheap: true, ofText: match };
}
