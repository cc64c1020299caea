import fc from "fast-check";
import { expect, test } from "vitest";
import { PrefilterBuilder } from "./prefilter.ts";
import { SkippingFinder } from "./skipping-finder.ts";

const skipped = new Uint8Array(256);
for (const byte of " \n\xa0") skipped[byte.charCodeAt(0)] = 1;
const groups = [["<title>punk", "zz"], ["aKb".toLowerCase()], ["=("], ["k"]];

test("finds what an automaton finds in the haystack without those bytes", () => {
  const builder = new PrefilterBuilder();
  const gates = groups.map((group) => builder.add({ minLength: 1, groups: [group] }));
  const prefilter = builder.build();
  const finder = new SkippingFinder(prefilter.groups, gates, skipped);
  const piece = fc.constantFrom(
    " ",
    "\n",
    "\xa0",
    "a",
    "K",
    "k",
    "b",
    "B",
    "z",
    "Z",
    "< TI tle >",
    "p u n",
    "=",
    "(",
    "\xe0",
    "A k B",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
      const text = pieces.join("");
      const sorted = (found: readonly number[]): number[] => [...found].sort((a, b) => a - b);
      expect(sorted(finder.scan(text).groups)).toEqual(
        sorted(prefilter.scan(text.replaceAll(/[ \n\xa0]/g, "")).groups),
      );
    }),
    { seed: 19, numRuns: 20_000 },
  );
});

test("looks for the groups of its gates alone", () => {
  const finder = new SkippingFinder(groups, [[1]], skipped);
  expect(finder.scan("zz a k b").groups).toEqual([1]);
  expect(finder.scan("zz").groups).toEqual([]);
});
