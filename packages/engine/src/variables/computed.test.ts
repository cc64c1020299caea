import { describe, expect, test } from "vitest";
import { Variables } from "./variables.ts";

const origin = {
  id: "abc",
  startMs: new Date(2026, 2, 4, 5, 6, 7, 890).getTime(),
  webAppId: "shop",
  elapsedMicroseconds: () => 1234,
  requestBodyText: () => "a=1",
  requestBodySize: 3,
};
const variables = (): Variables => new Variables(origin);

test("time variables are local time of the start", () => {
  const v = variables();
  const values = [v.time, v.timeYear, v.timeMon, v.timeDay, v.timeHour, v.timeMin, v.timeSec, v.timeWday];
  expect(values.map((each) => each.value)).toEqual(["05:06:07", "2026", "3", "4", "05", "06", "07", "3"]);
  expect(v.timeEpoch.value).toBe(String(Math.floor(origin.startMs / 1000)));
});

test("facts of the transaction", () => {
  const v = variables();
  expect([v.duration.value, v.uniqueId.value, v.webAppId.value]).toEqual(["1234", "abc", "shop"]);
});

test("the client's address stands for its host name", () => {
  const v = variables();
  v.remoteAddr.set("192.0.2.1");
  expect([v.remoteHost.value, v.userAgentIp.value]).toEqual(["192.0.2.1", "192.0.2.1"]);
});

test("ARGS_COMBINED_SIZE counts names and values of query and body, not of the path", () => {
  const v = variables();
  v.argsGet.add("ab", "c");
  v.argsPost.add("d", "\xff\xff");
  v.argsPath.add("e", "f");
  expect(v.argsCombinedSize.value).toBe("6");
});

test("FULL_REQUEST is line, headers and body, and its length is counted without building it", () => {
  const v = variables();
  v.requestLine.set("POST / HTTP/1.1");
  v.requestHeaders.add("Host", "a");
  v.requestHeaders.add("X", "");
  expect(v.fullRequest.value).toBe("POST / HTTP/1.1\nHost: a\nX: \n\na=1");
  expect(v.fullRequestLength.value).toBe(String(v.fullRequest.value.length));
});

describe("credentials", () => {
  test.each([
    [undefined, "", ""],
    ["Basic dXNlcjpwYXNz", "basic", "user"],
    ["basic   dTo=", "basic", "u"],
    ["Basic bm9jb2xvbg==", "basic", ""],
    ["Basic", "basic", ""],
    ["Bearer dXNlcjpwYXNz", "bearer", ""],
    [`Basic ${"A".repeat(9000)}`, "basic", ""],
  ])("%j", (header, type, user) => {
    const v = variables();
    if (header !== undefined) v.requestHeaders.add("Authorization", header);
    expect([v.authType.value, v.remoteUser.value]).toEqual([type, user]);
  });
});

test.each([
  ["/x.php/a/b", "/a/b"],
  ["/x.php", ""],
  ["/x.php/", "/"],
  ["/v1.2/x", "/x"],
  ["/a/b", ""],
  ["/.a/b", "/b"],
  ["/a./b", ""],
  ["/a.superlongextension/b", ""],
  ["", ""],
])("PATH_INFO of %j is %j", (path, info) => {
  const v = variables();
  v.requestFilename.set(path);
  expect(v.pathInfo.value).toBe(info);
});

test("STATUS_LINE is empty before there is a response", () => {
  const v = variables();
  expect(v.statusLine.value).toBe("");
  v.responseProtocol.set("HTTP/1.1");
  v.responseStatus.set("404");
  expect(v.statusLine.value).toBe("HTTP/1.1 404");
});

test("REQUEST_CONTENT_TYPE is the header's value", () => {
  const v = variables();
  expect(v.requestContentType.value).toBe("");
  v.requestHeaders.add("content-type", "Text/Plain; a=b");
  expect(v.requestContentType.value).toBe("Text/Plain; a=b");
});
