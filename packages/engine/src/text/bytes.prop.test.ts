import { expect, test } from "vitest";
import fc from "fast-check";
import { encodeCodePoint, encodeUtf8, fromBytes, isByteString, toBytes } from "./bytes.ts";

test("encodes as the platform does, lone surrogates included", () => {
  const unit = fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0x41, 0xd83d, 0xde00, 0xdbff, 0xdc00));
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
      const text = String.fromCharCode(...units);
      expect(encodeUtf8(text)).toBe(fromBytes(new TextEncoder().encode(text)));
    }),
    { seed: 8, numRuns: 5000 },
  );
});

test("encodes single code points as the platform does", () => {
  for (const point of [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff]) {
    expect(encodeCodePoint(point)).toBe(fromBytes(new TextEncoder().encode(String.fromCodePoint(point))));
  }
  for (const point of [0xd800, 0xdfff, 0x110000]) expect(encodeCodePoint(point)).toBe("\xef\xbf\xbd");
});

test("bytes and byte strings are the same thing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect([...toBytes(fromBytes(bytes))]).toEqual([...bytes]);
      expect(isByteString(fromBytes(bytes))).toBe(true);
    }),
    { seed: 8 },
  );
  const long = new Uint8Array(20_000).fill(0xe9);
  expect(fromBytes(long)).toBe("\xe9".repeat(20_000));
  expect(isByteString("\u0100")).toBe(false);
});
