import { describe, expect, test } from "vitest";
import { FakeContext, exampleEnvironment, matches, refusal } from "../testing/fake-context.ts";
import { ipMatchFromDataset } from "./ip-match-from-dataset.ts";
import { ipMatchFromFile } from "./ip-match-from-file.ts";
import { ipMatch } from "./ip-match.ts";

describe("@ipMatch", () => {
  test("ignores blanks and empty entries in the list", () => {
    const context = new FakeContext();
    const matcher = ipMatch.compile(" 10.0.0.1 , ,192.0.2.0/24,", context);
    expect(matcher.match("192.0.2.200", undefined!)).toBe(true);
    expect(context.warnings).toEqual([]);
  });

  test("never matches a value that is not exactly an address", () => {
    for (const value of ["", " 10.0.0.1", "10.0.0.1:80", "010.0.0.1", "fe80::1%eth0", "[::1]"]) {
      expect(matches(ipMatch, "0.0.0.0/0,::/0", value)).toBe(false);
    }
  });

  test("reports entries that cannot be read and keeps the others", () => {
    const context = new FakeContext();
    const matcher = ipMatch.compile("foo,999.1.1.1,1.2.3.4/99,10.0.0.1", context);
    expect(matcher.match("10.0.0.1", undefined!)).toBe(true);
    expect(context.warnings).toHaveLength(3);
    expect(context.warnings[0]).toContain('"foo"');
  });

  test("says when nothing is left", () => {
    const context = new FakeContext();
    expect(ipMatch.compile("foo", context).match("10.0.0.1", undefined!)).toBe(false);
    expect(context.warnings.at(-1)).toContain("never matches");
  });

  test("does not flood the report", () => {
    const context = new FakeContext();
    ipMatch.compile("x,".repeat(500), context);
    expect(context.warnings.length).toBeLessThan(15);
    expect(context.warnings.at(-2)).toContain("490 more");
  });
});

describe("@ipMatchFromFile", () => {
  test("takes lists, blanks, comments and empty lines", () => {
    for (const value of ["192.0.2.1", "10.9.9.9", "::1"]) {
      expect(matches(ipMatchFromFile, "networks.data", value, exampleEnvironment)).toBe(true);
    }
    expect(matches(ipMatchFromFile, "networks.data", "9.9.9.9", exampleEnvironment)).toBe(false);
  });

  test("refuses a missing file, no file and an address of one", () => {
    expect(refusal(ipMatchFromFile, "none.data", exampleEnvironment).message).toContain("none.data");
    expect(refusal(ipMatchFromFile, "", exampleEnvironment).message).toContain("no file");
    expect(refusal(ipMatchFromFile, "https://example.com/list", exampleEnvironment).message).toContain("network");
  });
});

describe("@ipMatchFromDataset", () => {
  test("refuses a dataset that is missing or empty", () => {
    expect(refusal(ipMatchFromDataset, "none").message).toContain("not defined");
    expect(refusal(ipMatchFromDataset, "none", { datasets: { none: [] } }).message).toContain("empty");
  });
});
