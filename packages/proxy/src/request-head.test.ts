import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRequestHead } from "./request-head.ts";

const head = (...lines: string[]): string => `${lines.join("\r\n")}\r\n\r\n`;

test("keeps target and header lines as received", () => {
  const bytes = head("GET /a%20b?x=1 HTTP/1.1", "Host: example.com", "X-A:  b ", "x-a: c");
  expect(parseRequestHead(`${bytes}body`)).toEqual({
    kind: "head",
    head: {
      method: "GET",
      target: "/a%20b?x=1",
      version: "HTTP/1.1",
      headers: [
        ["Host", "example.com"],
        ["X-A", "b"],
        ["x-a", "c"],
      ],
      length: bytes.length,
    },
  });
});

test("waits for the blank line", () => {
  expect(parseRequestHead("GET / HTTP/1.1\r\nHost: a\r\n").kind).toBe("incomplete");
  expect(parseRequestHead("GET / HTTP/1.1\r").kind).toBe("incomplete");
});

const refused: readonly (readonly [why: string, bytes: string, status: number])[] = [
  ["bare line feed", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400],
  ["lone carriage return", head("GET / HTTP/1.1", "Host: a\rb"), 400],
  ["NUL", head("GET / HTTP/1.1", "Host: a", "X: \0"), 400],
  ["folded line", head("GET / HTTP/1.1", "Host: a", "X: b", " c"), 400],
  ["blank before the colon", head("GET / HTTP/1.1", "Host : a"), 400],
  ["no host", head("GET / HTTP/1.1", "X: a"), 400],
  ["two hosts", head("GET / HTTP/1.1", "Host: a", "Host: a"), 400],
  ["escape in the host", head("GET / HTTP/1.1", "Host: a%00"), 400],
  ["two lengths", head("POST / HTTP/1.1", "Host: a", "Content-Length: 1", "Content-Length: 1"), 400],
  ["signed length", head("POST / HTTP/1.1", "Host: a", "Content-Length: +1"), 400],
  ["length and encoding", head("POST / HTTP/1.1", "Host: a", "Content-Length: 1", "Transfer-Encoding: chunked"), 400],
  ["other encoding", head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: gzip, chunked"), 501],
  ["encoding in HTTP/1.0", head("POST / HTTP/1.0", "Host: a", "Transfer-Encoding: chunked"), 400],
  ["no version", head("GET /", "Host: a"), 400],
  ["HTTP/0.9", head("GET / HTTP/0.9", "Host: a"), 400],
  ["HTTP/3.0", head("GET / HTTP/3.0", "Host: a"), 505],
  ["two blanks", head("GET  / HTTP/1.1", "Host: a"), 400],
  ["fragment", head("GET /#a HTTP/1.1", "Host: a"), 400],
  ["long target", head(`GET /${"a".repeat(20_000)} HTTP/1.1`, "Host: a"), 414],
  ["many headers", head("GET / HTTP/1.1", "Host: a", ...Array.from({ length: 201 }, () => "X: y")), 431],
];

test.each(refused)("refuses %s", (_why, bytes, status) => {
  expect(parseRequestHead(bytes)).toMatchObject({ kind: "refused", status });
});

test("gives an answer for any bytes", () => {
  const unit = fc.oneof(
    fc.constantFrom("\r\n", "\r\n\r\n", " ", ":", "GET / HTTP/1.1", "Host: a", "\n", "\0"),
    fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), (bytes) => {
      expect(["head", "refused", "incomplete"]).toContain(parseRequestHead(bytes).kind);
    }),
    { seed: 5, numRuns: 10_000 },
  );
});
