import { compilePattern } from "@cuirass/regex";
import { expect, test } from "vitest";
import { KeyPattern } from "./key-pattern.ts";

const keys = [
  "UTM",
  "Header_Name_920450_Host",
  "header_name_920450_host",
  "my_header_name",
  "utm",
  "__utma",
  "a\n__utma",
  "",
  "-",
  "xheader_name_920450_",
];

test.each([
  "^header_name_920450_",
  "^Header_Name",
  "__UTM",
  "^__utm",
  "utm-",
  "-",
  "^x",
  "u.m",
  "^(?:a|u)",
  "utm$",
  "\\x5f",
  "name_*",
  "\\x5f?utma",
  "(?-i:UTM)",
  "HEADER_NAME_\\d+_host",
])("the keys that /%s/ means are those that the pattern is found in", (source) => {
  const pattern = compilePattern(source, { ignoreCase: true, dotAll: false, multiline: false });
  const meant = new KeyPattern(source);
  expect(keys.filter((key) => meant.test({ key, lowerKey: key.toLowerCase() }))).toEqual(
    keys.filter((key) => pattern.test(key)),
  );
});

test("a pattern that cannot be compiled is refused", () => {
  expect(() => new KeyPattern("(")).toThrow();
});
