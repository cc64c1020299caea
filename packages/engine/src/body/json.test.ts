import { describe, expect, test } from "vitest";
import { readBody, pairsOf } from "../testing/fake-body.ts";
import { json } from "./json.ts";

const INVALID = "invalid JSON";
const read = (text: string, depth = 1024): ReturnType<typeof readBody> =>
  readBody(json, text, { settings: { requestBodyJsonDepthLimit: depth } });

describe("names and values", () => {
  test.each<[text: string, args: [string, string][]]>([
    ['{"a":{"b":["x"]}}', [["json.a.b.0", "x"], ["json.a.b", "1"]]], // prettier-ignore
    ['{"a":1.50,"b":1e3,"c":-0,"d":12345678901234567890}', [["json.a", "1.50"], ["json.b", "1e3"], ["json.c", "-0"], ["json.d", "12345678901234567890"]]], // prettier-ignore
    ['{"a":true,"b":false,"c":null}', [["json.a", "true"], ["json.b", "false"], ["json.c", ""]]], // prettier-ignore
    ['{"a":{},"b":[]}', []],
    ['{"":"x","i.j":"k"}', [["json.", "x"], ["json.i.j", "k"]]], // prettier-ignore
    ['[{"a":1},[2,3],"x"]', [["json.0.a", "1"], ["json.1.0", "2"], ["json.1.1", "3"], ["json.1", "2"], ["json.2", "x"], ["json", "3"]]], // prettier-ignore
    ['"abc"', [["json.0", "abc"], ["json", "1"]]], // prettier-ignore
    [" 12 ", [["json.0", "12"], ["json", "1"]]], // prettier-ignore
    ['{"a":1,"a":2,"A":3}', [["json.a", "1"], ["json.a", "2"], ["json.A", "3"]]], // prettier-ignore
    ["\xef\xbb\xbf[1]", [["json.0", "1"], ["json", "1"]]], // prettier-ignore
    ['\t{\r\n"a" : [ 1 , 2 ] }\n', [["json.a.0", "1"], ["json.a.1", "2"], ["json.a", "2"]]], // prettier-ignore
  ])("%j", (text, args) => {
    const body = read(text);
    expect(body.error).toBeUndefined();
    expect(body.args).toEqual(args);
    expect(body.variables.tx.first("json_request_body")).toBe(text);
    expect(body.variables.requestBody.value).toBe("");
  });
});

describe("strings become the bytes of their UTF-8 form", () => {
  test.each([
    ['"\\u0041\\u00e9\\u20ac\\ud83d\\ude00"', "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"],
    ['"\\ud83d"', "\xef\xbf\xbd"],
    ['"\\ude00"', "\xef\xbf\xbd"],
    ['"\\ud83d\\u0041"', "\xef\xbf\xbdA"],
    ['"\\ud83d\\ud83d\\ude00"', "\xef\xbf\xbd\xf0\x9f\x98\x80"],
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000"', '"\\/\b\f\n\r\t\0'],
    ['"\xc3\xa9\xff"', "\xc3\xa9\xff"],
    ['"a\\u0020b"', "a b"],
  ])("%j", (text, value) => {
    const body = read(text);
    expect(body.error).toBeUndefined();
    expect(body.args[0]).toEqual(["json.0", value]);
  });

  test("keys too", () => {
    expect(read('{"a\\u0041\\"":{"\\n":1}}').args).toEqual([['json.aA".\n', "1"]]);
  });
});

describe("what is not JSON is an error, and what can be read of it is kept", () => {
  test.each<[why: string, text: string, args: [string, string][]]>([
    ["nothing", " ", []],
    ["a word", "foo", [["json.0", "foo"], ["json", "1"]]], // prettier-ignore
    ["cut after a member", '{"a":1,"b":2', [["json.a", "1"], ["json.b", "2"]]], // prettier-ignore
    ["cut inside a string", '{"a":"<scr', [["json.a", "<scr"]]],
    ["cut inside a key", '{"a', [["json.a", ""]]],
    ["cut inside an array", '{"a":["x",["y"', [["json.a.0", "x"], ["json.a.1.0", "y"], ["json.a.1", "1"], ["json.a", "2"]]], // prettier-ignore
    ["cut after the colon", '{"a":', [["json.a", ""]]],
    ["text after the end", '{"a":1} x', [["json.a", "1"]]],
    ["a hexadecimal number, and a member after it", '{"d":0x1,"e":2}', [["json.d", "0x1"], ["json.e", "2"]]], // prettier-ignore
    ["a leading zero", "[01]", [["json.0", "01"], ["json", "1"]]], // prettier-ignore
    ["a leading plus", "[+1]", [["json.0", "+1"], ["json", "1"]]], // prettier-ignore
    ["a bare point", "[1.,.5]", [["json.0", "1."], ["json.1", ".5"], ["json", "2"]]], // prettier-ignore
    ["an empty exponent", "[1e,1e+]", [["json.0", "1e"], ["json.1", "1e+"], ["json", "2"]]], // prettier-ignore
    ["a raw line feed in a string", '{"a":"x\ny","b":"z"}', [["json.a", "x\ny"], ["json.b", "z"]]], // prettier-ignore
    ["a broken escape", '{"a":"\\x41\\u12","b":"z"}', [["json.a", "\\x41\\u12"], ["json.b", "z"]]], // prettier-ignore
    ["an escaped quote of a broken escape", '["\\u00"]', [["json.0", "\\u00"], ["json", "1"]]], // prettier-ignore
    ["a comma at the end", '{"a":1,}', [["json.a", "1"]]],
    ["two commas", "[1,,2]", [["json.0", "1"], ["json.1", "2"], ["json", "2"]]], // prettier-ignore
    ["a comma at the beginning", "[,1]", [["json.0", "1"], ["json", "1"]]], // prettier-ignore
    ["no comma", '{"a":1 "b":2}', [["json.a", "1"], ["json.b", "2"]]], // prettier-ignore
    ["no colon", '{"a" 1}', [["json.a", "1"]]],
    ["two colons", '{"a"::"b"}', [["json.a", ""], ["json.b", ""]]], // prettier-ignore
    ["keys without quotes", "{a:1}", [["json.a", "1"]]],
    ["single quotes", "{'a':'x'}", [["json.'a'", "'x'"]]],
    ["an object as key", '{{"a":1}}', [["json..a", "1"]]],
    ["the wrong bracket", '{"a":[1}}', [["json.a.0", "1"], ["json.a", "1"]]], // prettier-ignore
    ["a NUL between values", '[1,\0"x"]', [["json.0", "1"], ["json.1", "x"], ["json", "2"]]], // prettier-ignore
    ["a colon in an array", "[1:2]", [["json.0", "1"], ["json.1", "2"], ["json", "2"]]], // prettier-ignore
  ])("%s", (_why, text, args) => {
    const body = read(text);
    expect(body.error).toBe(INVALID);
    expect(body.args).toEqual(args);
    expect(body.variables.tx.first("json_request_body")).toBeUndefined();
  });
});

describe("REQUEST_BODY shows what reading did not come to", () => {
  test.each(['{"a":1} x', "[[[1]]]", "12 13"])("%j", (text) => {
    expect(read(text, 2).variables.requestBody.value).toBe(text);
  });
  test.each(['{"a":1,"b":2', "foo", "[1,,2]", "[[1]]"])("not of %j, which was read to its end", (text) => {
    expect(read(text, 2).variables.requestBody.value).toBe("");
  });
});

describe("depth", () => {
  test("the root counts as one level", () => {
    expect(read('{"a":{"b":1}}', 2)).toMatchObject({ error: undefined, args: [["json.a.b", "1"]] });
  });
  test("what stands before the level too many is kept", () => {
    expect(read('{"x":1,"a":{"b":{"c":2}}}', 2)).toMatchObject({
      error: "max recursion reached while reading json object",
      args: [["json.x", "1"]],
    });
  });
});

test("names that repeat beyond all bounds are an error", () => {
  const body = read(`{"${"k".repeat(200_000)}":[${"1,".repeat(5000)}1]}`);
  expect(body.error).toBe("the names of nested members are too long");
  expect(body.args.length).toBeLessThan(20);
});

test("SecRequestBodyNoFilesLimit applies", () => {
  const body = readBody(json, "[1,2,3]", { settings: { requestBodyNoFilesLimit: 6 } });
  expect(body.error).toBe("the body without files is longer than SecRequestBodyNoFilesLimit (6)");
  expect(body.args).toHaveLength(4);
});

test("a response fills RESPONSE_ARGS", () => {
  const { variables, args, error } = readBody(json, '{"a":[1]}', {}, "processResponse");
  expect([error, args]).toEqual([undefined, []]);
  expect(pairsOf(variables.responseArgs)).toEqual([
    ["json.a.0", "1"],
    ["json.a", "1"],
  ]);
  expect(variables.tx.first("json_response_body")).toBe('{"a":[1]}');
});
