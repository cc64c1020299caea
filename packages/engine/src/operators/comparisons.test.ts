import { describe, expect, test } from "vitest";
import { FakeContext, matches, refusal } from "../testing/fake-context.ts";
import { FakeState } from "../testing/fake-state.ts";
import { eq } from "./eq.ts";
import { ge } from "./ge.ts";
import { gt } from "./gt.ts";
import { le } from "./le.ts";
import { lt } from "./lt.ts";

const family = [eq, ge, gt, le, lt];

describe("comparisons", () => {
  const rows: [string, string, boolean[]][] = [
    ["5", "5", [true, true, false, true, false]],
    ["6", "5", [false, true, true, false, false]],
    ["4", "5", [false, false, false, true, true]],
    ["-5", "5", [false, false, false, true, true]],
    ["abc", "0", [true, true, false, true, false]],
    ["", "0", [true, true, false, true, false]],
    [" 8", "abc", [true, true, false, true, false]],
    ["99999999999999999999", "9223372036854775807", [true, true, false, true, false]],
    ["9223372036854775806", "9223372036854775807", [false, false, false, true, true]],
    ["1000000000000000", "999999999999999", [false, true, true, false, false]],
  ];
  test.each(rows)("%j against %j: eq ge gt le lt", (value, argument, answers) => {
    expect(family.map((operator) => matches(operator, argument, value))).toEqual(answers);
  });

  test.each(family)("@$name refuses an empty argument", (operator) => {
    expect(refusal(operator, "").message).toContain("empty");
  });

  test("reads the limit from a macro at run time", () => {
    const matcher = ge.compile("%{tx.threshold}", new FakeContext());
    const tx = new FakeState();
    tx.variables.tx.set("threshold", "5");
    expect(matcher.match("5", tx)).toBe(true);
    tx.variables.tx.set("threshold", "6");
    expect(matcher.match("5", tx)).toBe(false);
  });
});
