import fc from "fast-check";
import { expect, test } from "vitest";
import { toLowerAscii } from "../text/ascii.ts";
import { transformations } from "./index.ts";

const bytes = Array.from({ length: 256 }, (_none, byte) => String.fromCharCode(byte));
const settings = { seed: 7, numRuns: 300 };

test.each(transformations.filter(({ reactsTo }) => reactsTo !== undefined).map((t) => [t.name, t] as const))(
  "%s leaves values alone that have none of the bytes it reacts to",
  (_name, { apply, reactsTo }) => {
    const others = bytes.filter((byte) => !reactsTo!.includes(byte));
    if (others.length === 0) return;
    const value = fc.string({ unit: fc.constantFrom(...others), maxLength: 40 });
    fc.assert(
      fc.property(value, (text) => {
        expect(apply(text)).toBe(text);
      }),
      settings,
    );
  },
);

test.each(
  transformations.filter((t) => t.keepsCase === true || t.foldsCase !== undefined).map((t) => [t.name, t] as const),
)("%s gives results that differ in case only, for values that do", (_name, { apply }) => {
  const marks = [
    "a",
    "A",
    "b",
    "/",
    ".",
    " ",
    "\t",
    "\n",
    "*",
    "-",
    "#",
    "<",
    "!",
    ">",
    "\0",
    "\\",
    '"',
    "\xc2",
    "\xa0",
  ];
  const value = fc.string({ unit: fc.constantFrom(...marks), maxLength: 40 });
  fc.assert(
    fc.property(value, (text) => {
      expect(toLowerAscii(apply(text))).toBe(toLowerAscii(apply(toLowerAscii(text))));
    }),
    settings,
  );
});

test.each(transformations.filter(({ foldsCase }) => foldsCase !== undefined).map((t) => [t.name, t] as const))(
  "%s only changes case where a value has letters alone to react to",
  (_name, { apply, reactsTo }) => {
    const others = bytes.filter((byte) => /[A-Za-z]/.test(byte) || !reactsTo!.includes(byte));
    const value = fc.string({ unit: fc.constantFrom(...others), maxLength: 40 });
    fc.assert(
      fc.property(value, (text) => {
        expect(toLowerAscii(apply(text))).toBe(toLowerAscii(text));
      }),
      settings,
    );
  },
);

test.each(
  transformations.flatMap(({ name, apply, keepingCase }) => (keepingCase ? [[name, apply, keepingCase] as const] : [])),
)("%s keeps the case of letters and does the same besides, when it is asked to", (_name, apply, keepingCase) => {
  const value = fc.string({
    unit: fc.constantFrom("a", "B", "\xc0", " ", ",", ";", "/", "(", "^", '"', "\\", "\n"),
    maxLength: 40,
  });
  fc.assert(
    fc.property(value, (text) => {
      expect(toLowerAscii(keepingCase(text))).toBe(apply(text));
      const letters = (of: string): string => of.replaceAll(/[^aB\xc0]/g, "");
      expect(letters(keepingCase(text))).toBe(letters(text));
    }),
    settings,
  );
});
