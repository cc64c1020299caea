import { expect, test } from "vitest";
import fc from "fast-check";
import { encodeUtf8 } from "./bytes.ts";
import { decodeUtf8 } from "./utf8-decode.ts";

test("undoes the encoder, across the pieces it works in", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 0, max: 3 }), (text, shift) => {
      const long = "a".repeat(shift) + `é😀${text}`.repeat(2000);
      expect(decodeUtf8(encodeUtf8(long))).toBe(long);
    }),
    { seed: 4, numRuns: 50 },
  );
});

test("gives one U+FFFD for each byte of no character", () => {
  expect(decodeUtf8("a\xffb\xc0\xaf\xed\xa0\x80\xe2\x82")).toBe("a\ufffdb" + "\ufffd".repeat(7));
  expect(decodeUtf8("plain")).toBe("plain");
  expect(decodeUtf8("")).toBe("");
});

test("agrees with the platform where that decodes without a fault", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const units = fc.constantFrom(0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xff);
  fc.assert(
    fc.property(fc.array(units, { maxLength: 6 }), (bytes) => {
      let expected: string | undefined;
      try {
        expected = decoder.decode(Uint8Array.from(bytes));
      } catch {
        expected = undefined;
      }
      const decoded = decodeUtf8(String.fromCharCode(...bytes));
      if (expected === undefined) expect(decoded).toContain("\ufffd");
      else expect(decoded).toBe(expected);
    }),
    { seed: 4, numRuns: 3000 },
  );
});
