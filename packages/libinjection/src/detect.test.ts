import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detectSqli, detectXss } from "./index.ts";

describe("SQL injection", () => {
  test.each([
    ["1' OR '1'='1", "s&sos"],
    ["1 UNION SELECT 1,2", "1UE1"],
    ["admin'--", "sc"],
    ["1; DROP TABLE users", "1;Tnn"],
    ["-1' and 1=1 union select * from users--", undefined],
  ])("%j is found", (value, fingerprint) => {
    const found = detectSqli(value);
    expect(found).toBeDefined();
    if (fingerprint !== undefined) expect(found).toBe(fingerprint);
  });

  test.each(["", "hello world", "O'Reilly", "select a colour", "1-2-3", "a/b/c", "50% off & more", "user@example.com"])(
    "%j is harmless",
    (value) => {
      expect(detectSqli(value)).toBeUndefined();
    },
  );
});

describe("cross-site scripting", () => {
  test.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "<a href=javascript:alert(1)>",
    "<a href=&#106;avascript:x>",
    "<!DOCTYPE html>",
    "<svg/onload=alert(1)>",
  ])("%j is found", (value) => {
    expect(detectXss(value)).toBe(true);
  });

  test.each(["", "hello", "a < b", "1 <2> 3", "<b>bold</b>", "<p class=x>text</p>", "<a href=https://example.com/>"])(
    "%j is harmless",
    (value) => {
      expect(detectXss(value)).toBe(false);
    },
  );
});

test("any bytes get an answer, and the same one twice", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "'",
      '"',
      "`",
      "--",
      "/*",
      "*/",
      "#",
      "\\",
      "<",
      ">",
      "=",
      "on",
      "select",
      " ",
      "&#x",
      ";",
      "q'(",
      "$$",
    ),
    fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  );
  fc.assert(
    fc.property(fc.string({ unit: piece, maxLength: 60 }), (value) => {
      expect(detectSqli(value)).toBe(detectSqli(value));
      expect(detectXss(value)).toBe(detectXss(value));
    }),
    { seed: 3, numRuns: 20_000 },
  );
});
