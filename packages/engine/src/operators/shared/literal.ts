import type { PrefilterCondition } from "@cuirass/regex";
import type { ByteString } from "../../text/bytes.ts";
import type { Macro } from "../../compile/macro.ts";
import type { OperatorCompileContext, OperatorMatcher } from "../../operator.ts";
import { toLowerAscii } from "../../text/ascii.ts";
import { OperatorArgumentError } from "../../operator.ts";

/** How one text operator compares; plain functions, so that a rule's matcher is all that is made per rule. */
export interface LiteralTest {
  /** True when the value matches the (expanded) argument. */
  readonly holds: (value: ByteString, text: ByteString) => boolean;
  /** Where the argument lies in a value that matches. Absent when values that match need not contain it. */
  readonly start?: (value: ByteString, text: ByteString) => number;
}

/** Matcher of an operator whose argument is a text that may hold macros. */
export function compileLiteral(
  argument: ByteString,
  context: OperatorCompileContext,
  test: LiteralTest,
): OperatorMatcher {
  const macro = literalArgument(argument, context);
  const { holds, start } = test;
  if (macro.dynamic) return { match: (value, tx) => holds(value, macro.expand(tx)) };
  const { text } = macro;
  if (start === undefined) return { match: (value) => holds(value, text), textOnly: true };
  return {
    match: (value) => holds(value, text),
    textOnly: true,
    condition: literalCondition(text),
    locate(value) {
      if (!holds(value, text)) return undefined;
      const at = start(value, text);
      return [at, at + text.length];
    },
  };
}

/** What holds of every value that contains the text. */
export function literalCondition(text: ByteString): PrefilterCondition {
  return { minLength: text.length, groups: [[toLowerAscii(text)]] };
}

/** What holds of every value that has one of these bytes. */
export function anyByte(isOne: (byte: number) => boolean): PrefilterCondition {
  const bytes: string[] = [];
  for (let byte = 0; byte < 256; byte++) if (isOne(byte)) bytes.push(String.fromCharCode(byte));
  return { minLength: 1, groups: [bytes.map(toLowerAscii)] };
}

/** A macro argument; an empty one is refused, as in Coraza (spec: seclang, 6.1). */
export function literalArgument(argument: ByteString, context: OperatorCompileContext): Macro {
  if (argument !== "") return context.macro(argument);
  throw new OperatorArgumentError("the argument is empty", { hint: "to test for an empty value write @rx \\A\\z" });
}
