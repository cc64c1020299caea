import type { ByteString } from "../text/bytes.ts";
import type { OperatorDefinition } from "../operator.ts";
import { hexValue } from "../text/ascii.ts";
import { literalCondition } from "./shared/literal.ts";

/** `@validateUrlEncoding`: some `%` is not followed by two hexadecimal digits. */
export const validateUrlEncoding: OperatorDefinition = {
  name: "validateUrlEncoding",
  summary: "True when the value has a % without two hexadecimal digits after it.",
  argument: "",
  examples: [
    { title: "well formed", argument: "", input: "a%20b%C3%a9", matches: false },
    { title: "no digits", argument: "", input: "100%zz", matches: true },
    { title: "cut short", argument: "", input: "100%2", matches: true },
    { title: "empty value", argument: "", input: "", matches: false },
  ],
  compile: () => ({
    textOnly: true,
    condition: literalCondition("%"),
    match: (value) => badEscapeAt(value) >= 0,
    locate(value) {
      const at = badEscapeAt(value);
      return at < 0 ? undefined : [at, Math.min(at + 3, value.length)];
    },
  }),
};

function badEscapeAt(value: ByteString): number {
  for (let at = value.indexOf("%"); at >= 0; at = value.indexOf("%", at + 3)) {
    // Past the end charCodeAt gives NaN, which is no digit.
    if (hexValue(value.charCodeAt(at + 1)) < 0 || hexValue(value.charCodeAt(at + 2)) < 0) return at;
  }
  return -1;
}
