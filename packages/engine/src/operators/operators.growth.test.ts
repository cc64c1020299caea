import { describe, expect, test } from "vitest";
import { FakeContext, exampleEnvironment } from "../testing/fake-context.ts";
import { FakeState } from "../testing/fake-state.ts";
import { findOperator } from "./index.ts";

/** User and system together: the system divides them by guess, only their sum is exact. */
const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Milliseconds of CPU time: what else runs on the machine does not count. */
const cpuMs = (): number => cpuMicroseconds() / 1000;

/** Arguments and values that would show a super-linear step; the value is repeated up to the size. */
const rows: [operator: string, argument: string, unit: string, sizes?: readonly number[]][] = [
  // Past some 200 KB submatches are found by another matcher, as linear as the first but slower: one of them at a time.
  ["rx", "(a+)+$|x", "a", [1024, 8192, 131_072]],
  ["rx", "(?:a|ab|b)*c", "ab"],
  ["rxGlobal", "a+b|a", "a"],
  ["rxGlobal", "[b]*", "a"],
  ["pm", "aaaaaaab aaab ab", "a"],
  ["pmFromDataset", "phrases", "unio"],
  ["beginsWith", "aaab", "a"],
  ["contains", "aaaaaaaaaaaaaab", "a"],
  ["contains", `ab${"a".repeat(400)}`, "a"],
  ["contains", "%{tx.long}", "a"],
  ["containsWord", "aaaa", "a"],
  ["containsWord", "....", "...a"],
  ["containsWord", "%{tx.long}", "a"],
  ["endsWith", "aaab", "a"],
  ["within", "GET POST", "a"],
  ["eq", "5", "9"],
  ["ipMatch", "10.0.0.0/8", "1."],
  ["detectSQLi", "", "1' or "],
  ["detectXSS", "", "<a "],
  ["validateByteRange", "0-255", "a"],
  ["validateUrlEncoding", "", "%41"],
  ["validateUtf8Encoding", "", "\xc3\xa9"],
  ["validateSchema", "person.json", '[{"name":1},'],
  ["validateNid", "us [0-9]+", "1"],
  ["validateNid", "us [0-9]{9}", "1"],
  ["verifyCC", "[0-9]{13,16}", "1"],
  ["verifyCC", "[0-9]+", "1"],
  ["verifyCC", "(?:^|[^\\d])(\\d+)(?:[^\\d]|$)", "11111111111 "],
  ["verifyCPF", "([0-9]{3}\\.){2}[0-9]{3}-[0-9]{2}", "111.111.111-11"],
  ["restpath", "/a/{id}/b", "/a/"],
  ["rbl", "list.example", "a."],
];

const usualSizes: readonly number[] = [1024, 16_384, 262_144];

describe("time grows no faster than the value", () => {
  test.each(rows)("@%s %s", (name, argument, unit, sizes = usualSizes) => {
    const environment = { ...exampleEnvironment, settings: { requestBodyJsonDepthLimit: Infinity } };
    const matcher = findOperator(name)!.compile(argument, new FakeContext(environment));
    const times = sizes.map((size) => {
      const value = unit.repeat(size / unit.length);
      const tx = new FakeState({ capturing: true });
      // A needle half as long as the value, of the kind that a quadratic search cannot skip through.
      tx.variables.tx.set("long", `ab${"a".repeat(size / 2)}`);
      return fastest(() => void matcher.match(value, tx));
    });
    const exponent = Math.log(times[2]! / times[1]!) / Math.log(sizes[2]! / sizes[1]!);
    expect(exponent).toBeLessThanOrEqual(1.2);
  });
});

/** Milliseconds of the fastest of several runs, so that other work on the machine counts little; below 0.02 it is all noise. */
function fastest(run: () => void): number {
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const began = cpuMs();
    run();
    best = Math.min(best, cpuMs() - began);
  }
  return Math.max(best, 0.02);
}
