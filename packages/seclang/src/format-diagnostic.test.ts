import { expect, test } from "vitest";
import { createSource, formatDiagnostic } from "./index.ts";

const source = createSource("rules/a.conf", "SecRuleEngine On\n\tSecRul ARGS\n");
const span = { source, start: 18, end: 24 };

test("a finding has place, excerpt with carets, hint and related places", () => {
  const related = [{ message: "the first one is here", span: { source, start: 0, end: 13 } }];
  const text = formatDiagnostic({
    code: "X_Y",
    severity: "error",
    message: "It is wrong.",
    span,
    hint: "mend it",
    related,
  });
  expect(text.split("\n")).toEqual([
    "rules/a.conf:2:2: error: It is wrong. [X_Y]",
    "     SecRul ARGS",
    "     ^^^^^^",
    "    hint: mend it",
    "    rules/a.conf:1:1: the first one is here",
  ]);
});

test("a finding without a place is one line", () => {
  expect(formatDiagnostic({ code: "X", severity: "warning", message: "Odd." })).toBe("warning: Odd. [X]");
});

test("colour is used on request only", () => {
  const diagnostic = { code: "X", severity: "error", message: "Odd.", span } as const;
  expect(formatDiagnostic(diagnostic)).not.toContain("\x1b");
  expect(formatDiagnostic(diagnostic, { color: true })).toContain("\x1b[31merror\x1b[0m");
});

test("a long line is cut round the spot and carets stay below it", () => {
  const long = createSource("a.conf", `${"x".repeat(500)}HERE${"y".repeat(500)}`);
  const [, excerpt, carets] = formatDiagnostic({
    code: "X",
    severity: "error",
    message: "Odd.",
    span: { source: long, start: 500, end: 504 },
  }).split("\n");
  expect(excerpt!.length).toBeLessThan(120);
  expect(excerpt!.slice(carets!.indexOf("^"), carets!.lastIndexOf("^") + 1)).toBe("HERE");
});

test("bytes that no terminal should get are replaced one for one", () => {
  const odd = createSource("a.conf", "a\x1b[31m\xc3\xa4b");
  const text = formatDiagnostic({
    code: "X",
    severity: "error",
    message: "Odd.",
    span: { source: odd, start: 8, end: 9 },
  });
  expect(text).toContain("    a·[31m··b\n            ^");
});

test("a span over several lines is marked on its first", () => {
  const text = formatDiagnostic({
    code: "X",
    severity: "error",
    message: "Odd.",
    span: { source, start: 14, end: 24 },
  });
  expect(text.split("\n").slice(1)).toEqual(["    SecRuleEngine On", "                  ^^"]);
});
