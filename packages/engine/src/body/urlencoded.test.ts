import { expect, test } from "vitest";
import { readBody } from "../testing/fake-body.ts";
import { raw } from "./raw.ts";
import { urlencoded } from "./urlencoded.ts";

test("fields into ARGS_POST in order, the text into REQUEST_BODY", () => {
  const { error, args, variables } = readBody(urlencoded, "b=1&A=%41+x&a=2");
  expect(error).toBeUndefined();
  expect(args).toEqual([
    ["b", "1"],
    ["A", "A x"],
    ["a", "2"],
  ]);
  expect(variables.requestBody.value).toBe("b=1&A=%41+x&a=2");
  expect(variables.requestBodyLength.value).toBe("15");
  expect(variables.urlencodedError.value).toBe("0");
});

test.each(["a=%zz", "a=%4", "%=1"])("%j raises URLENCODED_ERROR", (text) => {
  expect(readBody(urlencoded, text).variables.urlencodedError.value).toBe("1");
});

test("SecArgumentSeparator parts fields", () => {
  const { args } = readBody(urlencoded, "a=1;b=2", { settings: { argumentSeparator: ";" } });
  expect(args).toEqual([
    ["a", "1"],
    ["b", "2"],
  ]);
});

test("a body longer than SecRequestBodyNoFilesLimit is read and reported", () => {
  const settings = { requestBodyNoFilesLimit: 3 };
  expect(readBody(urlencoded, "a=1", { settings }).error).toBeUndefined();
  const over = readBody(urlencoded, "a=12", { settings });
  expect(over.error).toBe("the body without files is longer than SecRequestBodyNoFilesLimit (3)");
  expect(over.args).toEqual([["a", "12"]]);
});

test("RAW fills REQUEST_BODY and nothing else", () => {
  const { error, args, variables } = readBody(raw, "a=1\0\xff");
  expect([error, args]).toEqual([undefined, []]);
  expect([variables.requestBody.value, variables.requestBodyLength.value]).toEqual(["a=1\0\xff", "5"]);
});
