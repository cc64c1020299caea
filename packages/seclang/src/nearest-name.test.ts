import { expect, test } from "vitest";
import { nearestName } from "./index.ts";

const known = ["SecRule", "SecRuleEngine", "SecAction", "detectSQLi", "rx", "pm"];

test.each([
  ["SecRul", "SecRule"],
  ["secruleengin", "SecRuleEngine"],
  ["SceAction", "SecAction"],
  ["detectsqli", "detectSQLi"],
  ["r", "rx"],
  ["xr", "rx"],
  ["somethingElse", undefined],
  ["", undefined],
  ["x".repeat(100_000), undefined],
])("%.20s is nearest to %s", (name, expected) => {
  expect(nearestName(name, known)).toBe(expected);
});

test("of names equally near the first wins", () => {
  expect(nearestName("ab", ["ax", "ay"])).toBe("ax");
});

test("a bound on the edits can be given", () => {
  expect(nearestName("anomaly_scroe", ["anomaly_score"], 2)).toBe("anomaly_score");
  expect(nearestName("inbound_score", ["outbound_score"], 2)).toBeUndefined();
});
