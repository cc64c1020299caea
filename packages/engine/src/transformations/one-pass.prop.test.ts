import fc from "fast-check";
import { expect, test } from "vitest";
import { cmdLine } from "./cmd-line.ts";
import { compressWhitespace } from "./compress-whitespace.ts";
import { lowercase } from "./lowercase.ts";
import { removeWhitespace } from "./remove-whitespace.ts";
import { uppercase } from "./uppercase.ts";

/** Byte by byte, as the reference describes it. */
function commandLine(value: string): string {
  let line = "";
  for (const letter of value) {
    if ("\"'\\^".includes(letter)) continue;
    if (" ,;\t\r\n".includes(letter)) {
      if (!line.endsWith(" ")) line += " ";
    } else {
      if ("/(".includes(letter) && line.endsWith(" ")) line = line.slice(0, -1);
      line += letter >= "A" && letter <= "Z" ? letter.toLowerCase() : letter;
    }
  }
  return line;
}

const bytes = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."\"'\\^,;\t\r\n /(aBz\xc0\xdf\xb5\xff\xa0".split("")),
    fc.constantFrom(" ", "  ", " ;", "\xc2\xa0", "\xc2\x85", "\xe2\x80\x83", "\xe3\x80\x80"),
    fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  ),
  maxLength: 24,
});

test("cmdLine gives what its rules give one byte after the other", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      expect(cmdLine.apply(value)).toBe(commandLine(value));
    }),
    { seed: 5, numRuns: 10_000 },
  );
});

test("lowercase and uppercase change ASCII letters and nothing else", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const letters = value.split("");
      expect(lowercase.apply(value)).toBe(
        letters.map((unit) => (/[A-Z]/.test(unit) ? unit.toLowerCase() : unit)).join(""),
      );
      expect(uppercase.apply(value)).toBe(
        letters.map((unit) => (/[a-z]/.test(unit) ? unit.toUpperCase() : unit)).join(""),
      );
    }),
    { seed: 6, numRuns: 5000 },
  );
});

test("removeWhitespace removes white space of UTF-8 and no other byte", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const expected = value.replaceAll(
        /[\t-\r ]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80/g,
        "",
      );
      expect(removeWhitespace.apply(value)).toBe(expected);
    }),
    { seed: 7, numRuns: 5000 },
  );
});

test("compressWhitespace of ASCII leaves one blank for every run", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const ascii = value.replaceAll(/[^\0-\x7f]/g, "");
      expect(compressWhitespace.apply(ascii)).toBe(ascii.replaceAll(/[\t-\r ]+/g, " "));
    }),
    { seed: 8, numRuns: 5000 },
  );
});
