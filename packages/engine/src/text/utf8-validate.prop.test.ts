import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { encodeUtf8 } from "./bytes.ts";
import { decodeValidUtf8 } from "./utf8-validate.ts";

describe("decodeValidUtf8", () => {
  test("undoes the encoder", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(decodeValidUtf8(encodeUtf8(text))).toBe(text);
      }),
      { seed: 11 },
    );
  });

  test("agrees with the platform's strict decoder on arbitrary bytes", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const interesting = fc.constantFrom(
      0x00,
      0x41,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc2,
      0xdf,
      0xe0,
      0xe1,
      0xed,
      0xef,
      0xf0,
      0xf1,
      0xf4,
      0xf5,
      0xff,
    );
    fc.assert(
      fc.property(fc.array(interesting, { maxLength: 6 }), (bytes) => {
        let expected: string | undefined;
        try {
          expected = decoder.decode(Uint8Array.from(bytes));
        } catch {
          expected = undefined;
        }
        expect(decodeValidUtf8(String.fromCharCode(...bytes))).toBe(expected);
      }),
      { seed: 13, numRuns: 5000 },
    );
  });
});
