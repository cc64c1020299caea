import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WINDOW } from "./byte-window.ts";
import { compilePattern } from "./pattern.ts";
import { PhraseMatcher } from "./phrase-matcher.ts";
import type { Gate, Scan } from "./prefilter.ts";
import { PrefilterBuilder } from "./prefilter.ts";

const blanks = " ".repeat(200);
const xs = "x".repeat(150);
const sorted = (groups: readonly number[]): number[] => [...groups].sort((a, b) => a - b);
const has = ({ groups }: Scan, gate: Gate): boolean => gate.every((group) => groups.includes(group));

test("reports the groups of which a literal occurs, in any ASCII case", () => {
  const builder = new PrefilterBuilder();
  const sql = builder.add({ minLength: 0, groups: [["union", "select"]] });
  const script = builder.add({ minLength: 0, groups: [["<script"]] });
  const found = builder.build().scan("1 SELECT 2");
  expect([has(found, sql), has(found, script)]).toEqual([true, false]);
});

test("equal groups share an id, and a condition without literals has none", () => {
  const builder = new PrefilterBuilder();
  expect(builder.add({ minLength: 0, groups: [["b", "A"]] })).toEqual(
    builder.add({ minLength: 3, groups: [["a", "b"]] }),
  );
  expect(builder.add({ minLength: 3, groups: [] })).toEqual([]);
});

test("a gate asks for a literal of every selective group", () => {
  const builder = new PrefilterBuilder();
  const gate = builder.add({ minLength: 0, groups: [["a"], ["select", "union"], ["("], ["from"]] });
  expect(gate).toHaveLength(3);
  const prefilter = builder.build();
  expect(has(prefilter.scan("select(x from y"), gate)).toBe(true);
  expect(has(prefilter.scan("select x from y"), gate)).toBe(false);
  expect(has(prefilter.scan("select(x"), gate)).toBe(false);
});

test("tells which flags the bytes of a haystack carry", () => {
  const flags = new Int32Array(256);
  flags["%".charCodeAt(0)] = 1;
  flags[0xff] = 1 << 30;
  const prefilter = new PrefilterBuilder().build(flags);
  expect(prefilter.scan("plain").flags).toBe(0);
  expect(prefilter.scan("a%41").flags).toBe(1);
  expect(prefilter.scan("%\xff").flags).toBe(1 | (1 << 30));
});

test("a literal inside another literal is reported too", () => {
  const builder = new PrefilterBuilder();
  const ids = ["abcd", "bc", "c"].map((literal) => builder.add({ minLength: 0, groups: [[literal]] }));
  expect(ids.map((id) => has(builder.build().scan("xabcdx"), id))).toEqual([true, true, true]);
  expect(ids.map((id) => has(builder.build().scan("xbcdx"), id))).toEqual([false, true, true]);
});

test("bytes beyond ASCII are no letters, so their literals stay as they are", () => {
  const pattern = compilePattern("\\xc3\\xc9[a-z]+B");
  const builder = new PrefilterBuilder();
  const gate = builder.add(pattern.condition);
  expect(pattern.test("-\xc3\xc9aB")).toBe(true);
  expect(has(builder.build().scan("-\xc3\xc9aB"), gate)).toBe(true);
});

test("a part whose beginning is unknown is not joined to what stands before it", () => {
  const builder = new PrefilterBuilder();
  const pattern = compilePattern("a(?:(?:x|y*)b|c[0-9]d)e");
  const id = builder.add(pattern.condition);
  for (const haystack of ["ayybe", "axbe", "ac5de", "abe"]) {
    expect(pattern.test(haystack)).toBe(true);
    expect(has(builder.build().scan(haystack), id)).toBe(true);
  }
});

test("never misses what a pattern or phrase list matches", () => {
  const atom = fc.constantFrom(
    "ab",
    "c",
    "(?:a|bc)",
    "(?i:aB)",
    "[ab]",
    ".",
    "x+",
    "(?:ab)?",
    "(?:.*b|c[^x]a|xx)",
    "(?:a|b*)",
    "c{2}",
    "\\d",
    "^",
    "$",
  );
  const source = fc.array(atom, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
  const text = fc.string({ unit: fc.constantFrom("a", "b", "B", "c", "x", "1"), maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(source, { minLength: 1, maxLength: 6 }),
      fc.array(text, { maxLength: 4 }),
      text,
      (sources, phrases, haystack) => {
        const builder = new PrefilterBuilder();
        const matchers = [...sources.map((pattern) => compilePattern(pattern)), new PhraseMatcher(phrases)];
        const ids = matchers.map((matcher) => builder.add(matcher.condition));
        const found = builder.build().scan(haystack);
        matchers.forEach((matcher, index) => {
          if (matcher.test(haystack)) expect(has(found, ids[index]!)).toBe(true);
        });
      },
    ),
    { seed: 13, numRuns: 10_000 },
  );
});

test("a haystack read without some bytes has the groups of the haystack that lacks them", () => {
  const builder = new PrefilterBuilder();
  const gates = ["<title>punk", "ab", "q", "select"].map((literal) =>
    builder.add({ minLength: 1, groups: [[literal]] }),
  );
  const other = builder.add({ minLength: 1, groups: [["x"]] });
  const prefilter = builder.build();
  const skipped = new Uint8Array(256);
  for (const byte of " \n\t") skipped[byte.charCodeAt(0)] = 1;
  const without = prefilter.only(gates, skipped);
  const piece = fc.constantFrom(" ", "\n", "a", "b", "q", "< title >", "p u n", "k", "se l", "ect", blanks, xs, "\xc2");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      const expected = prefilter.scan(text.replaceAll(/[ \n\t]/g, "")).groups.filter((group) => !other.includes(group));
      expect(sorted(without.scan(text).groups)).toEqual(sorted(expected));
    }),
    { seed: 17, numRuns: 2000 },
  );
});

describe("long haystacks, read a window at a time and in two places at once", () => {
  const literals = ["<title>punk", "ab", "q", "aaaaaaaaaaaaaa", "select"];
  const builder = new PrefilterBuilder();
  for (const literal of literals) builder.add({ minLength: 1, groups: [[literal]] });
  const flags = new Int32Array(256);
  flags[0x71] = 4;
  const prefilter = builder.build(flags);

  function groupsOf(text: string): number[] {
    return literals.flatMap((literal, group) => (text.includes(literal.slice(0, 12)) ? [group] : []));
  }

  test.each([255, 256, 257, 1000, WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW + 77])("of %i bytes", (length) => {
    for (const literal of literals) {
      const edges = [0, length >> 1, WINDOW >> 1, WINDOW, WINDOW + ((length - WINDOW) >> 1), length - literal.length];
      for (const edge of edges) {
        for (let shift = -literal.length; shift <= 1; shift++) {
          const at = edge + shift;
          if (at < 0 || at + literal.length > length) continue;
          const text = `${"-".repeat(at)}${literal}${"-".repeat(length - at - literal.length)}`;
          expect([at, sorted(prefilter.scan(text).groups)]).toEqual([at, groupsOf(text)]);
          expect(prefilter.scan(text).flags).toBe(literal === "q" ? 4 : 0);
        }
      }
    }
  });

  test("a literal that is under way all the time is no reason to lose another", () => {
    const text = `${"a".repeat(WINDOW + 500)}b`;
    expect(sorted(prefilter.scan(text).groups)).toEqual([1, 3]);
  });
});

test.each([1, 200, 300, 3000])("a literal is found over %i bytes that are not there, wherever it stands", (count) => {
  const builder = new PrefilterBuilder();
  const gate = builder.add({ minLength: 0, groups: [["constructor"]] });
  const skipped = new Uint8Array(256);
  skipped[0x20] = 1;
  const without = builder.build().only([gate], skipped);
  for (let split = 1; split < "constructor".length; split++) {
    const padded = `${"constructor".slice(0, split)}${" ".repeat(count)}${"constructor".slice(split)}`;
    for (const before of [0, count, 2 * count]) {
      expect(has(without.scan("x".repeat(before) + padded + "x".repeat(2 * count - before)), gate)).toBe(true);
    }
  }
});

test("groups past the 65,536th are reported by their own number", () => {
  const builder = new PrefilterBuilder();
  let gate: Gate = [];
  for (let n = 0; n < 65_540; n++) gate = builder.add({ minLength: 0, groups: [[`literal ${n} of many`]] });
  expect(has(builder.build().scan("the literal 65539 of many"), gate)).toBe(true);
});
