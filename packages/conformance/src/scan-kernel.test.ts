import { PrefilterBuilder, useScanKernel } from "@cuirass/regex";
import type { KernelMaker, Prefilter, Scan } from "@cuirass/regex";
import fc from "fast-check";
import { expect, test } from "vitest";
import { kernelMaker } from "../../node/src/scan-kernel/scan-kernel.ts";

const sorted = ({ groups, flags }: Scan): unknown => [groups.toSorted((a, b) => a - b), flags];

const byteFlags = Int32Array.from({ length: 256 }, (_, byte) =>
  byte > 0xf0 ? 1 << (byte & 7) : byte === 0x25 ? 256 : 0,
);

/** Scans so much that a kernel is worth it, and then the texts. */
function scanAll(build: () => Prefilter, maker: KernelMaker | undefined, texts: readonly string[]): unknown[] {
  const before = useScanKernel(maker);
  try {
    const prefilter = build();
    prefilter.scan("-".repeat(200_000));
    return texts.map((text) => sorted(prefilter.scan(text)));
  } finally {
    useScanKernel(before);
  }
}

test("a kernel finds in a text what the prefilter finds by itself", () => {
  let made = 0;
  const make = kernelMaker(1000);
  const counting: KernelMaker = (automaton) => {
    const kernel = make(automaton);
    if (kernel !== undefined) made++;
    return kernel;
  };
  const letter = fc.constantFrom(..."abcAB%<\xff\0");
  const literal = fc.string({ unit: letter, minLength: 1, maxLength: 20 });
  const piece = fc.tuple(fc.string({ unit: letter, maxLength: 30 }), fc.nat(7000));
  fc.assert(
    fc.property(
      fc.array(fc.array(literal, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.array(piece, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 }),
      (groups, plans) => {
        const build = (): Prefilter => {
          const builder = new PrefilterBuilder();
          for (const group of groups) builder.add({ minLength: 1, groups: [group] });
          return builder.build(byteFlags);
        };
        const texts = plans.map(
          (plan) => plan.map(([text, blanks]) => text + "-".repeat(blanks)).join("") + "ab<".repeat(200),
        );
        expect(scanAll(build, counting, texts)).toEqual(scanAll(build, undefined, texts));
      },
    ),
    { numRuns: 300, seed: 7 },
  );
  expect(made).toBeGreaterThan(20);
});

test("the longest literal that is looked for is found across two lanes and across two windows", () => {
  const literal = "abcdefghijkl";
  const build = (): Prefilter => {
    const builder = new PrefilterBuilder();
    builder.add({ minLength: 1, groups: [[literal]] });
    return builder.build(byteFlags);
  };
  const lengths = [600, 16_384, 16_385, 40_000];
  const texts = lengths.flatMap((length) => {
    const lanes = [length / 3, (2 * length) / 3, 16_384 / 3, 16_384, 16_373, 32_768 - 11].map(Math.ceil);
    const places = lanes.flatMap((lane) => Array.from({ length: 40 }, (_, at) => lane - 26 + at));
    return places
      .filter((place) => place >= 0 && place + literal.length <= length)
      .map((place) => "-".repeat(place) + literal + "-".repeat(length - place - literal.length));
  });
  expect(scanAll(build, kernelMaker(), texts)).toEqual(texts.map(() => [[0], 0]));
});
