import { describe, expect, test } from "vitest";
import { codesOf, only, parseText } from "./testing.ts";

/** Operator as `[!]name(argument)`, with `~` in front of the name when it was left away. */
function outline(quoted: string): string {
  const { document } = parseText(`SecRule ARGS ${quoted} "id:1"`);
  const [node] = document.directives;
  if (node?.kind !== "rule") throw new Error("expected a rule");
  const { negated, implicit, name, argument } = node.operator;
  return `${negated ? "!" : ""}${implicit ? "~" : ""}${name}(${argument})`;
}

describe("operators", () => {
  test.each([
    ['"@rx ^a b$"', "rx(^a b$)"],
    ['"!@streq x"', "!streq(x)"],
    ['"@pm\ta b"', "pm(a b)"],
    ['"@rx   a  "', "rx(a)"],
    ['"@detectSQLi"', "detectSQLi()"],
    ['"attack"', "~rx(attack)"],
    ['"!attack"', "!~rx(attack)"],
    ['""', "~rx()"],
    ['"!"', "!~rx()"],
    ['"@rx a\\"b\\\\"', 'rx(a"b\\\\)'],
    ['"@rx a\\d\\\\\\"b"', 'rx(a\\d\\\\"b)'],
    ['"! @streq 2"', "!~rx(@streq 2)"],
  ])("%s", (quoted, expected) => {
    expect(outline(quoted)).toBe(expected);
  });

  test("an operator that a blank turns into a pattern is warned about", () => {
    for (const quoted of ['"! @streq 2"', '" @rx a"']) {
      const { diagnostics } = parseText(`SecRule ARGS ${quoted} "id:1"`);
      expect(diagnostics).toMatchObject([{ code: "SECLANG_OPERATOR_AS_PATTERN", severity: "warning" }]);
    }
  });

  test.each([
    ["SecRule ARGS @rx", "SECLANG_OPERATOR_UNQUOTED"],
    ["SecRule ARGS", "SECLANG_ARGUMENT_MISSING"],
    ["SecRule", "SECLANG_ARGUMENT_MISSING"],
    ['SecRule ARGS "@"', "SECLANG_OPERATOR_NAME_MISSING"],
    ['SecRule ARGS "@rx a', "SECLANG_QUOTE_OPEN"],
    ['SecRule ARGS "@rx a""id:1"', "SECLANG_EXTRA_TEXT"],
  ])("%s is reported as %s", (text, code) => {
    expect(codesOf(text)).toEqual([code]);
  });

  test("spans name the operator and its argument", () => {
    const { operator } = only('SecRule ARGS "!@streq  x y " "id:1"', "rule");
    const textOf = ({ start, end }: { start: number; end: number }): string =>
      operator.span.source.text.slice(start, end);
    expect([textOf(operator.nameSpan), textOf(operator.argumentSpan), textOf(operator.span)]).toEqual([
      "@streq",
      "x y",
      "!@streq  x y ",
    ]);
  });

  test("typographic quotes are named in the hint", () => {
    const { diagnostics } = parseText('SecRule ARGS \xe2\x80\x9c@rx a\xe2\x80\x9d "id:1"');
    expect(diagnostics[0]!.hint).toContain("typographic");
  });
});
