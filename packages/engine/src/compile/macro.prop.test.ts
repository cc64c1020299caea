import fc from "fast-check";
import { expect, test } from "vitest";
import { FakeState } from "../testing/fake-state.ts";
import { MacroError, parseMacro } from "./macro.ts";

const piece = fc.oneof(
  fc.constantFrom("%", "{", "}", "%{", "%{tx.a}", "%{ARGS}", "%{x}", ".", ":", "tx", "a b"),
  fc.string({ unit: "binary", maxLength: 3 }),
);

test("any text either parses and expands, or throws a MacroError inside the text", () => {
  const state = new FakeState();
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join("");
      try {
        const macro = parseMacro(text);
        expect(macro.text).toBe(text);
        const expanded = macro.expand(state);
        if (!macro.dynamic) expect(expanded).toBe(text);
      } catch (error) {
        if (!(error instanceof MacroError)) throw error;
        expect(error.offset).toBeGreaterThanOrEqual(0);
        expect(error.offset).toBeLessThanOrEqual(text.length);
      }
    }),
    { seed: 11, numRuns: 2000 },
  );
});
