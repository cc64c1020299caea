import { describe, expect, test } from "vitest";
import { FakeContext, exampleEnvironment, compileWith, matches, refusal } from "../testing/fake-context.ts";
import { FakeState } from "../testing/fake-state.ts";
import { validateByteRange } from "./validate-byte-range.ts";
import { validateSchema } from "./validate-schema.ts";
import { validateUrlEncoding } from "./validate-url-encoding.ts";
import { validateUtf8Encoding } from "./validate-utf8-encoding.ts";

describe("@validateByteRange", () => {
  test("takes blanks round items", () => {
    expect(matches(validateByteRange, " 10 , 32 - 126 ", "a b\n")).toBe(false);
    expect(matches(validateByteRange, " 10 , 32 - 126 ", "a\tb")).toBe(true);
  });

  test("matches everything without a list", () => {
    expect(matches(validateByteRange, "", "")).toBe(true);
    expect(matches(validateByteRange, "", "a")).toBe(true);
  });

  test("takes a range written backwards as empty, and says so", () => {
    const context = new FakeContext();
    expect(validateByteRange.compile("5-3", context).match("\x04", new FakeState())).toBe(true);
    expect(context.warnings).toEqual(["the range 5-3 is empty"]);
  });

  test.each([
    ["xxx", 0],
    ["1-255,256", 6],
    ["1,,2", 2],
    ["1-2-3", 0],
    ["-1", 0],
    ["1-", 0],
    ["0x20", 0],
  ])("refuses %j at offset %i", (argument, offset) => {
    expect(refusal(validateByteRange, argument).offset).toBe(offset);
  });

  test("locates the byte", () => {
    expect(compileWith(validateByteRange, "1-127").locate?.("ab\xffc")).toEqual([2, 3]);
  });
});

describe("@validateUrlEncoding", () => {
  test.each([
    ["%", true],
    ["%4", true],
    ["%41", false],
    ["%%41", true],
    ["%4g", true],
    ["%g4", true],
    ["%aF%00", false],
    ["a%41%zz", true],
  ])("%j", (value, bad) => {
    expect(matches(validateUrlEncoding, "", value)).toBe(bad);
  });

  test("locates the escape", () => {
    expect(compileWith(validateUrlEncoding, "").locate?.("a%20%2")).toEqual([4, 6]);
  });
});

describe("@validateUtf8Encoding", () => {
  test("locates the first bad byte", () => {
    expect(compileWith(validateUtf8Encoding, "").locate?.("\xc3\xa9\xc3")).toEqual([2, 3]);
  });
});

describe("@validateSchema", () => {
  const valid = '{"name":"\xc3\xa9"}';

  function judge(value: string, phase: 1 | 2 | 4, saved: Record<string, string>): boolean {
    const tx = new FakeState({ phase });
    for (const [key, text] of Object.entries(saved)) tx.variables.tx.set(key, text);
    return compileWith(validateSchema, "person.json", exampleEnvironment).match(value, tx) as boolean;
  }

  test("prefers the response body from phase 4 on, then the request body from phase 2 on, then the value", () => {
    const saved = { json_request_body: "[]", json_response_body: valid };
    expect(judge(valid, 1, saved)).toBe(false);
    expect(judge(valid, 2, saved)).toBe(true);
    expect(judge("[]", 4, saved)).toBe(false);
    expect(judge("[]", 4, { json_request_body: valid, json_response_body: "" })).toBe(false);
    expect(judge("[]", 2, {})).toBe(true);
    expect(judge("", 2, {})).toBe(false);
  });

  test("gives the validator characters, not bytes", () => {
    let seen: unknown;
    const host = { schemaCompiler: { compile: () => (document: unknown) => ((seen = document), true) } };
    expect(matches(validateSchema, "person.json", valid, { ...exampleEnvironment, host })).toBe(false);
    expect(seen).toEqual({ name: "\u00e9" });
  });

  test("counts what is no UTF-8, nests too deeply or makes the validator throw as a violation", () => {
    expect(matches(validateSchema, "person.json", '{"name":"\xff"}', exampleEnvironment)).toBe(true);
    const deep = (levels: number): string => `{"name":${"[".repeat(levels)}"[]"${"]".repeat(levels)}}`;
    expect(matches(validateSchema, "person.json", deep(1023), exampleEnvironment)).toBe(false);
    expect(matches(validateSchema, "person.json", deep(1024), exampleEnvironment)).toBe(true);
    expect(matches(validateSchema, "person.json", "[".repeat(1_000_000), exampleEnvironment)).toBe(true);
    const host = {
      schemaCompiler: {
        compile: () => () => {
          throw new RangeError("too deep");
        },
      },
    };
    expect(matches(validateSchema, "person.json", valid, { ...exampleEnvironment, host })).toBe(true);
  });

  test("does not count brackets inside strings", () => {
    expect(matches(validateSchema, "person.json", `{"name":"${'\\\\[\\"['.repeat(2000)}"}`, exampleEnvironment)).toBe(
      false,
    );
  });

  test("refuses what cannot work when the configuration is loaded", () => {
    expect(refusal(validateSchema, "person.json", { files: exampleEnvironment.files! }).message).toContain("host");
    expect(refusal(validateSchema, "person.xsd", exampleEnvironment).hint).toContain("XML");
    expect(refusal(validateSchema, "none.json", exampleEnvironment).message).toContain("none.json");
    const files = { "bad.json": "{" };
    expect(refusal(validateSchema, "bad.json", { ...exampleEnvironment, files }).message).toContain("not a usable");
  });
});
