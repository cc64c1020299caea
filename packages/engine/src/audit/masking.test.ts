import { expect, test } from "vitest";
import { Masking } from "./masking.ts";
import { escapeField } from "./quote.ts";

const masking = new Masking([{ kind: "arg", name: "password" }]);

test("a hidden argument of a form is hidden alone", () => {
  expect(masking.body("a=1&password=secret", "URLENCODED")).toBe("a=1&password=******");
});

test("a body that is no form is hidden whole once an argument is hidden", () => {
  expect(masking.body('{"password":"secret"}', "JSON")).toBe("*".repeat(21));
  expect(masking.body("plain", "")).toBe("*****");
});

test("a body is left alone when nothing is hidden", () => {
  expect(new Masking([]).body('{"a":1}', "JSON")).toBe('{"a":1}');
});

test("a field cannot end its field or line", () => {
  expect(escapeField("a b\nc")).toBe("a\\x20b\\nc");
});

test("a hidden match of a variable that may stand anywhere hides addresses, values and bodies", () => {
  for (const name of ["QUERY_STRING", "RESPONSE_BODY", "TX:0", "ARGS_NAMES:secret"]) {
    const all = new Masking([{ kind: "matched", name }]);
    const shown = [all.form("x"), all.arg("a", "x"), all.requestHeader("a", "x"), all.responseHeader("a", "x")];
    expect([...shown, all.body("x", "URLENCODED"), all.responseBody("x")].join("")).toBe("******");
  }
});
