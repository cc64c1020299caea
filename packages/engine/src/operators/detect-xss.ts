import { detectXss } from "@cuirass/libinjection";
import type { OperatorDefinition } from "../operator.ts";

/** `@detectXSS`: libinjection finds cross-site scripting; captures nothing. */
export const detectXSS: OperatorDefinition = {
  name: "detectXSS",
  summary: "True when libinjection finds cross-site scripting in the value.",
  argument: "",
  examples: [
    { title: "script element", argument: "", input: "<script>alert(1)</script>", matches: true },
    { title: "harmless markup", argument: "", input: "a < b and c > d", matches: false },
  ],
  // Nothing is found in a value without markup and without an attribute's value: both need one of these two bytes.
  compile: () => ({
    textOnly: true,
    match: (value) => detectXss(value),
    condition: { minLength: 1, groups: [["<", "="]] },
  }),
};
