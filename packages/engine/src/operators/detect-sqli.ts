import { detectSqli } from "@cuirass/libinjection";
import type { OperatorDefinition } from "../operator.ts";
import { anyByte } from "./shared/literal.ts";

/** `@detectSQLi`: libinjection finds SQL injection; TX:0 is the fingerprint. */
export const detectSQLi: OperatorDefinition = {
  name: "detectSQLi",
  summary: "True when libinjection finds SQL injection in the value; captures the fingerprint.",
  argument: "",
  examples: [
    { title: "tautology", argument: "", input: "1' or '1'='1", matches: true },
    { title: "plain words", argument: "", input: "shoes and socks", matches: false },
  ],
  compile: () => ({
    textOnly: true,
    // Letters, digits and low lines alone are numbers and at most one word: no injection is (packages/libinjection, harmless.test.ts).
    condition: anyByte((byte) => !/\w/.test(String.fromCharCode(byte))),
    match(value, tx) {
      const fingerprint = detectSqli(value);
      if (fingerprint === undefined) return false;
      if (tx.capturing) tx.capture(0, fingerprint);
      return true;
    },
  }),
};
