import type { OperatorDefinition } from "../operator.ts";
import { anyByte } from "./shared/literal.ts";
import { invalidUtf8At } from "../text/utf8-validate.ts";

/** `@validateUtf8Encoding`: the value is not well-formed UTF-8 (RFC 3629). */
export const validateUtf8Encoding: OperatorDefinition = {
  name: "validateUtf8Encoding",
  summary: "True when the value is not valid UTF-8: overlong forms, surrogates and cut sequences included.",
  argument: "",
  examples: [
    { title: "valid", argument: "", input: "caf\xc3\xa9", matches: false },
    { title: "overlong slash", argument: "", input: "..\xc0\xaf..", matches: true },
    { title: "cut sequence", argument: "", input: "caf\xc3", matches: true },
  ],
  compile: () => ({
    textOnly: true,
    condition: anyByte((byte) => byte > 0x7f),
    match: (value) => invalidUtf8At(value) >= 0,
    locate(value) {
      const at = invalidUtf8At(value);
      return at < 0 ? undefined : [at, at + 1];
    },
  }),
};
