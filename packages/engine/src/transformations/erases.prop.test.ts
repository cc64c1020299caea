import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { transformations } from "./index.ts";

const erasing = transformations.flatMap(({ name, erases, apply }) => (erases ? [{ name, erases, apply }] : []));

describe("what a transformation says it only removes, it only removes", () => {
  test.each(erasing)("$name", ({ erases, apply }) => {
    const byte = fc.integer({ min: 0, max: 255 }).map((unit) => String.fromCharCode(unit));
    const unit = fc.oneof(byte, fc.constantFrom(...erases.bytes), fc.constantFrom("a", "b"));
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 600 }), (units) => {
        const value = units.filter((each) => !erases.unless.includes(each)).join("");
        expect(apply(value)).toBe([...value].filter((each) => !erases.bytes.includes(each)).join(""));
      }),
    );
  });
});
