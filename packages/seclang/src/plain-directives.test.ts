import { describe, expect, test } from "vitest";
import { codesOf, only, parseText } from "./testing.ts";

describe("settings", () => {
  test.each([
    ["SecRuleEngine On", "On"],
    ["SecRuleEngine   On", "On"],
    ["SecRuleEngine\tOn", "On"],
    ['SecRuleEngine "On"', "On"],
    ["SecRuleEngine", ""],
    ['SecRuleEngine ""', ""],
    ['SecComponentSignature "a \\"b\\" c"', 'a "b" c'],
    ['SecAuditLogRelevantStatus "^(?:5|4(?!04))\\d"', "^(?:5|4(?!04))\\d"],
    ['SecDataDir "C:\\logs\\"', "C:\\logs\\"],
    ['SecHashMethodRx "HashHref" "a|b"', '"HashHref" "a|b"'],
    ['SecX a "b"', 'a "b"'],
  ])("%s", (text, argument) => {
    expect(only(text, "setting").argument).toBe(argument);
  });

  test("the name stays as written and unknown names are not judged", () => {
    expect(only("secRuleengin On", "setting").name).toBe("secRuleengin");
  });

  test("Compat: text right behind a closing quote is an error, a second pair of quotes included", () => {
    expect(codesOf('SecServerSignature ""x""')).toEqual(["SECLANG_EXTRA_TEXT"]);
    expect(codesOf('SecServerSignature "x"y')).toEqual(["SECLANG_EXTRA_TEXT"]);
  });

  test("an unclosed quote is an error", () => {
    expect(codesOf('SecServerSignature "x')).toEqual(["SECLANG_QUOTE_OPEN"]);
  });
});

describe("markers, includes, data sets", () => {
  test("a marker's label loses all quotes round it", () => {
    for (const text of ["SecMarker END", 'SecMarker "END"', "SecMarker 'END'", "SecMarker \"'END'\""]) {
      expect(only(text, "marker").label).toBe("END");
    }
    expect(codesOf('SecMarker ""')).toEqual(["SECLANG_ARGUMENT_MISSING"]);
  });

  test("Include and IncludeOptional take the rest of the line", () => {
    expect(only("include rules/a b/*.conf", "include")).toMatchObject({ name: "Include", pattern: "rules/a b/*.conf" });
    expect(only('INCLUDEOPTIONAL "x.conf"', "include")).toMatchObject({ name: "IncludeOptional", pattern: "x.conf" });
    expect(codesOf("Include")).toEqual(["SECLANG_ARGUMENT_MISSING"]);
  });

  test("a data set has one name", () => {
    expect(codesOf("SecDataset `\na\n`")).toEqual(["SECLANG_ARGUMENT_MISSING"]);
    expect(codesOf("SecDataset a b `\na\n`")).toEqual(["SECLANG_EXTRA_TEXT"]);
  });
});

describe("containers", () => {
  test("a container is one finding, and what is inside is still read", () => {
    const { document, diagnostics } = parseText("<IfModule mod_security2.c>\nSecRuleEngine On\n</IfModule>\n");
    expect(diagnostics.map(({ code }) => code)).toEqual(["SECLANG_CONTAINER"]);
    expect(document.directives).toHaveLength(1);
  });

  test("a closing line on its own is a finding, too", () => {
    expect(codesOf("<Location /a>\n</Directory>")).toEqual(["SECLANG_CONTAINER", "SECLANG_CONTAINER"]);
  });
});

test("all findings of a text are reported, in its order", () => {
  const text = 'SecRule ARGS: "@" "id:1,"\nSecMarker\n<If x>\nSecAction "msg:\'x"\nSecRule ARGS \\';
  expect(codesOf(text)).toEqual([
    "SECLANG_TARGET_KEY_EMPTY",
    "SECLANG_OPERATOR_NAME_MISSING",
    "SECLANG_ACTION_EMPTY",
    "SECLANG_ARGUMENT_MISSING",
    "SECLANG_CONTAINER",
    "SECLANG_ACTION_QUOTE_OPEN",
    "SECLANG_CONTINUATION_UNFINISHED",
  ]);
});
