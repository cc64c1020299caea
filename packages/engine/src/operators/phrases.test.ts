import { describe, expect, test } from "vitest";
import { FakeContext, capturesOf, compileWith, exampleEnvironment, matches, refusal } from "../testing/fake-context.ts";
import { FakeState } from "../testing/fake-state.ts";
import { pmFromDataset } from "./pm-from-dataset.ts";
import { pmFromFile } from "./pm-from-file.ts";
import { pm } from "./pm.ts";
import { dataLines } from "./shared/data-file.ts";
import { splitPhrases } from "./shared/phrase-list.ts";

describe("splitPhrases", () => {
  test.each([
    ["", []],
    ["  ", []],
    ["a", ["a"]],
    [" a  b\tc ", ["a", "b", "c"]],
    ["|41|", ["A"]],
    ["x|0d 0A|y z", ["x\r\ny", "z"]],
    ["|41||42|", ["AB"]],
    ["|00|", ["\0"]],
    ["a|b", ["a|b"]],
    ["||", ["||"]],
    ["| |", ["|", "|"]],
    ["|4|", ["|4|"]],
    ["|4 1|", ["|4", "1|"]],
    ["|41", ["|41"]],
    ["|zz|41|", ["|zzA"]],
    ["\xc3\xa9\xa0x", ["\xc3\xa9\xa0x"]],
  ])("%j", (argument, phrases) => {
    expect(splitPhrases(argument)).toEqual(phrases);
  });
});

describe("dataLines", () => {
  test("drops comments, empty lines and white space round lines", () => {
    expect(dataLines("# c\n\n a b \r\n\t#x\n#\n|41|\nend")).toEqual(["a b", "|41|", "end"]);
  });

  test("keeps bytes that JavaScript takes for white space", () => {
    expect(dataLines("\xc3\xa0\n\xa0x\xa0\n")).toEqual(["\xc3\xa0", "\xa0x\xa0"]);
  });
});

describe("@pm", () => {
  test("folds ASCII case and nothing else", () => {
    expect(matches(pm, "SeLect", "1 sElECT 2")).toBe(true);
    expect(matches(pm, "\xe9", "\xc9")).toBe(false);
  });

  test("blanks in a row do not make a phrase that matches everything", () => {
    expect(matches(pm, "foo  bar", "baz")).toBe(false);
    expect(matches(pm, " foo ", "")).toBe(false);
  });

  test("warns when there is nothing to look for", () => {
    const context = new FakeContext();
    expect(pm.compile("", context).match("x", new FakeState())).toBe(false);
    expect(context.warnings[0]).toContain("never matches");
  });

  test("captures the occurrences in order, as they stand in the value", () => {
    expect(capturesOf(pm, "foo bar", "foo BAR baz Foo")).toEqual(["foo", "BAR", "Foo"]);
  });

  test("captures leftmost-longest, without overlap", () => {
    expect(capturesOf(pm, "ab abcd bc d", "abcdabc")).toEqual(["abcd", "ab"]);
    expect(capturesOf(pm, "aa", "aaaaa")).toEqual(["aa", "aa"]);
  });

  test("captures ten occurrences at most", () => {
    expect(capturesOf(pm, "a", "a".repeat(30))).toEqual([..."aaaaaaaaaa"]);
  });

  test("captures nothing without a match", () => {
    expect(capturesOf(pm, "foo", "bar")).toEqual([]);
  });

  test("locates the first occurrence", () => {
    expect(compileWith(pm, "bar foo").locate?.("xfoobar")).toEqual([1, 4]);
  });
});

describe("@pmFromFile", () => {
  test("takes several files and refuses when one is missing", () => {
    expect(matches(pmFromFile, "phrases.data more.data", "SLEEP(1)", exampleEnvironment)).toBe(true);
    expect(refusal(pmFromFile, "phrases.data none.data", exampleEnvironment).message).toContain('"none.data"');
    expect(refusal(pmFromFile, "", exampleEnvironment).message).toContain("no file");
    expect(refusal(pmFromFile, "http://example.com/x", exampleEnvironment).message).toContain("network");
  });

  test("takes a path with blanks", () => {
    expect(matches(pmFromFile, "my list.data", "foo", { files: { "my list.data": "foo" } })).toBe(true);
  });

  test("does not split paths at bytes that JavaScript takes for white space", () => {
    const files = { "voil\xc3\xa0.data": "foo", b: "bar" };
    expect(matches(pmFromFile, "b voil\xc3\xa0.data", "foo", { files })).toBe(true);
  });

  test("takes hexadecimal notation literally", () => {
    const files = { "list.data": "|41|" };
    expect(matches(pmFromFile, "list.data", "A", { files })).toBe(false);
    expect(matches(pmFromFile, "list.data", "x|41|", { files })).toBe(true);
  });
});

describe("@pmFromDataset", () => {
  test("refuses an unknown dataset and warns about an empty one", () => {
    expect(refusal(pmFromDataset, "none").message).toContain("not defined");
    const context = new FakeContext({ datasets: { none: ["", ""] } });
    expect(pmFromDataset.compile("none", context).match("x", new FakeState())).toBe(false);
    expect(context.warnings).toHaveLength(1);
  });

  test("looks at the content, not at the name, of the dataset", () => {
    expect(matches(pmFromDataset, "words", "one", { datasets: { words: ["one"] } })).toBe(true);
    expect(matches(pmFromDataset, "words", "one", { datasets: { words: ["two"] } })).toBe(false);
  });
});
