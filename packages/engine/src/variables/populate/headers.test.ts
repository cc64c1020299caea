import { describe, expect, test } from "vitest";
import type { Variables } from "../variables.ts";
import { pairsOf } from "../../testing/fake-body.ts";
import { FakeState } from "../../testing/fake-state.ts";
import { EntryMemo } from "../../evaluate/entry-memo.ts";
import { defaultSettings } from "../../settings.ts";
import { populateConnection } from "./connection.ts";
import { addRequestHeader, addResponseHeader } from "./headers.ts";

const memo = new EntryMemo();

function withHeaders(...headers: [string, string][]): Variables {
  const { variables } = new FakeState();
  for (const [name, value] of headers) addRequestHeader(variables, defaultSettings(), name, value, memo);
  return variables;
}

test("header lines are kept in order and spelling; a line without a name is ignored", () => {
  const v = withHeaders(["X-b", "1"], ["x-A", ""], ["", "2"], ["X-B", "3"]);
  expect(pairsOf(v.requestHeaders)).toEqual([
    ["X-b", "1"],
    ["x-A", ""],
    ["X-B", "3"],
  ]);
});

test("every Cookie header adds cookies", () => {
  expect(pairsOf(withHeaders(["cookie", "a=1"], ["COOKIE", "b=2"]).requestCookies)).toEqual([
    ["a", "1"],
    ["b", "2"],
  ]);
});

describe("Content-Type chooses the body processor", () => {
  test.each([
    ["application/x-www-form-urlencoded", "URLENCODED"],
    ["Application/X-WWW-Form-Urlencoded", "URLENCODED"],
    ["application/x-www-form-urlencoded; charset=utf-8", "URLENCODED"],
    [" application/x-www-form-urlencoded ;charset=utf-8", "URLENCODED"],
    ["application/x-www-form-urlencoded, text/plain", "URLENCODED"],
    ["application/x-www-form-urlencodedx", ""],
    ["multipart/form-data; boundary=x", "MULTIPART"],
    ["Multipart/Form-Data boundary=x", "MULTIPART"],
    ["multipart/mixed; boundary=x", ""],
    ["application/json", ""],
    ["text/xml", ""],
    ["", ""],
  ])("%j", (value, processor) => {
    expect(withHeaders(["content-type", value]).reqbodyProcessor.value).toBe(processor);
  });

  test("the last one that names a processor wins", () => {
    const v = withHeaders(
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["Content-Type", "multipart/form-data; boundary=x"],
      ["Content-Type", "text/plain"],
    );
    expect(v.reqbodyProcessor.value).toBe("MULTIPART");
  });
});

test("a response's Content-Type is kept up to the semicolon, as received", () => {
  const { variables } = new FakeState();
  addResponseHeader(variables, "content-type", "Text/HTML ; charset=utf-8", memo);
  addResponseHeader(variables, "", "x", memo);
  expect(variables.responseContentType.value).toBe("Text/HTML ");
  expect(pairsOf(variables.responseHeaders)).toEqual([["content-type", "Text/HTML ; charset=utf-8"]]);
  addResponseHeader(variables, "Content-Type", "text/plain", memo);
  expect(variables.responseContentType.value).toBe("text/plain");
});

test("ports are decimal text", () => {
  const { variables: v } = new FakeState();
  populateConnection(v, "192.0.2.1", 12345, "::1", 443);
  const values = [v.remoteAddr.value, v.remotePort.value, v.serverAddr.value, v.serverPort.value];
  expect(values).toEqual(["192.0.2.1", "12345", "::1", "443"]);
});
