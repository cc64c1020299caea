import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MatchedRule } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import type { StageInput } from "./ftw-test.ts";
import { buildRequest } from "./build-request.ts";
import { judge } from "./judge.ts";
import { formatJunit } from "./junit.ts";
import { parseLenient } from "./lenient-request.ts";
import { findTestFiles, readTestFile } from "./read-tests.ts";
import { ReflectBackend } from "./reflect-backend.ts";
import { observeInProcess } from "./run-in-process.ts";
import { runTests } from "./run-suite.ts";

const base: StageInput = {
  destAddr: "127.0.0.1",
  port: 80,
  method: "GET",
  uri: "/",
  version: "HTTP/1.1",
  headers: [["Host", "localhost"]],
  data: undefined,
  autocompleteHeaders: true,
  encodedRequest: undefined,
  saveCookie: false,
  followRedirect: false,
};

describe("building requests", () => {
  test("adds Connection, and Content-Type and Content-Length with a body", () => {
    expect(buildRequest(base)).toBe("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    expect(buildRequest({ ...base, method: "POST", data: "a=b c" })).toBe(
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: 5\r\n\r\na=b+c",
    );
  });

  test("leaves bodies alone that are escaped already or cannot be unescaped", () => {
    for (const data of ["a=%41", "a=%7%6F"])
      expect(buildRequest({ ...base, data })).toMatch(new RegExp(`\r\n\r\n${data}$`));
  });

  test("writes multipart bodies with CRLF and counts them so", () => {
    const headers = [["Content-Type", "multipart/form-data; boundary=B"]] as const;
    expect(buildRequest({ ...base, headers, data: "--B\n\r\nx" })).toMatch(/Content-Length: 8\r\n\r\n--B\r\n\r\nx$/);
  });

  test("sends encoded requests and invalid lines as they are", () => {
    expect(buildRequest({ ...base, encodedRequest: "R0VUIC8KCg==" })).toBe("GET /\n\n");
    expect(buildRequest({ ...base, method: " GET", version: "", autocompleteHeaders: false, headers: [] })).toBe(
      " GET / \r\n\r\n",
    );
  });
});

describe("taking requests apart", () => {
  test("reads chunked bodies, and drops the length that they override", () => {
    const raw =
      "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    expect(parseLenient(raw)).toMatchObject({ body: "abcde", headers: [["Transfer-Encoding", "chunked"]] });
  });

  test("a request line without version is HTTP/0.9", () => {
    expect(parseLenient("GET /\r\n\r\n")).toMatchObject({ method: "GET", uri: "/", protocol: "HTTP/0.9" });
  });

  test("a target may hold blanks", () => {
    expect(parseLenient("GET /a b HTTP/1.1\r\n\r\n").uri).toBe("/a b");
  });
});

test("the back end answers as it is told, and forgets on reset", () => {
  const backend = new ReflectBackend();
  const body = JSON.stringify({
    status: 201,
    headers: { "X-A": "b", "bad name": "c" },
    body: "text",
    endpoints: [{ method: "GET", url: "/x" }],
  });
  expect(backend.answer("POST", "/reflect", body)).toEqual({
    status: 201,
    headers: [
      ["X-A", "b"],
      ["Content-Type", "text/plain"],
    ],
    body: "text",
  });
  backend.answer("POST", "/configure_reflection", body);
  expect(backend.answer("GET", "/x?y", "").status).toBe(201);
  backend.answer("PUT", "/reset", "");
  expect(backend.answer("GET", "/x", "")).toEqual({ status: 200, headers: [], body: "" });
});

test("every condition is judged", () => {
  const seen = {
    status: 200,
    response: "HTTP/1.1 200 \r\n\r\nhello",
    ids: [1, 2],
    log: ['[id "1"] a', '[id "2"] b'],
    transportError: undefined,
  };
  expect(
    judge({ status: 200, expectIds: [1], noExpectIds: [3], matchRegex: "\\] a", responseContains: "hel+o" }, seen),
  ).toEqual([]);
  expect(
    judge(
      {
        status: 403,
        expectIds: [3],
        noExpectIds: [2],
        matchRegex: "^c",
        noMatchRegex: "b",
        responseContains: "bye",
        isolated: true,
      },
      seen,
    ),
  ).toHaveLength(7);
  expect(judge({ expectError: true }, { ...seen, transportError: "closed" })).toEqual([]);
  expect(judge({}, { ...seen, transportError: "closed" })).toEqual(["no response: closed"]);
});

describe("running", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "cuirass-ftw-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test("a file's tests pass and fail as their log says, and become JUnit", async () => {
    const file = join(directory, "100.yaml");
    const stage = (id: number, uri: string, ids: string): string =>
      `  - test_id: ${id}\n    stages:\n      - input:\n          uri: "${uri}"\n          headers:\n            Host: localhost\n        output:\n          log:\n            ${ids}: [100]\n`;
    writeFileSync(
      file,
      `meta:\n  author: a\nrule_id: 100\ntests:\n${stage(1, "/?x=attack", "expect_ids")}${stage(2, "/?x=1", "no_expect_ids")}${stage(3, "/?x=1", "expect_ids")}`,
    );
    writeFileSync(join(directory, "off.yaml"), "meta:\n  enabled: false\nrule_id: 1\ntests: []\n");
    const tests = findTestFiles(directory).flatMap(readTestFile);
    expect(tests.map(({ id }) => id)).toEqual(["100-1", "100-2", "100-3"]);
    const log: MatchedRule[] = [];
    const waf = createWaf({
      directives: 'SecRule ARGS "@contains attack" "id:100,phase:1,pass,log"',
      onMatchedRule: (matched) => log.push(matched),
    });
    const results = await runTests(tests, {
      exchange: (raw) => observeInProcess({ waf, log }, new ReflectBackend(), raw),
      headParserCounts: true,
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(["passed", "passed", "failed"]);
    expect(results[2]!.details).toEqual(["expected rule 100 in the log, got nothing"]);
    expect(formatJunit(results)).toContain('<testsuites tests="3" failures="1">');
  });
});
