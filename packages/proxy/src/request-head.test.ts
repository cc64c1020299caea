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
  ["target and Host of two hosts", head("GET http://b/ HTTP/1.1", "Host: a"), 400],
  ["user name in the target", head("GET http://u@a/ HTTP/1.1", "Host: a"), 400],
  ["relative target", head("GET a HTTP/1.1", "Host: a"), 400],
  ["asterisk with another method than OPTIONS", head("GET * HTTP/1.1", "Host: a"), 400],
  ["target without port in CONNECT", head("CONNECT a HTTP/1.1", "Host: a"), 400],
  ["list of lengths", head("POST / HTTP/1.1", "Host: a", "Content-Length: 1, 1"), 400],
  [
    "chunked twice",
    head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    501,
  ],
  ["chunked with a tab inside", head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chun\tked"), 501],
  ["header line without a name", head("GET / HTTP/1.1", "Host: a", ": b"), 400],
  ["name with a byte over 127", head("GET / HTTP/1.1", "Host: a", "X\xe9: b"), 400],
  ["malformed host", head("GET / HTTP/1.1", "Host: a b"), 400],
  ["blank line before the request line", `\r\n${head("GET / HTTP/1.1", "Host: a")}`, 400],
  ["lower-case protocol", head("GET / http/1.1", "Host: a"), 400],
  ["DEL", head("GET / HTTP/1.1", "Host: a", "X: \x7f"), 400],
  ["long head that has no end yet", `GET / HTTP/1.1\r\nX: ${"a".repeat(65_536)}`, 431],
  ["long head", head("GET / HTTP/1.1", "Host: a", `X: ${"a".repeat(65_536)}`), 431],
  ["long target", head(`GET /${"a".repeat(20_000)} HTTP/1.1`, "Host: a"), 414],
  ["many headers", head("GET / HTTP/1.1", "Host: a", ...Array.from({ length: 201 }, () => "X: y")), 431],
];

test.each(refused)("refuses %s", (_why, bytes, status) => {
  expect(parseRequestHead(bytes)).toMatchObject({ kind: "refused", status });
});

const accepted: readonly (readonly [what: string, bytes: string])[] = [
  ["HTTP/1.0 without a host", head("GET / HTTP/1.0")],
  ["an absolute target", head("GET http://Example.com:80/a HTTP/1.1", "Host: example.com:80")],
  ["CONNECT", head("CONNECT example.com:443 HTTP/1.1", "Host: example.com:443")],
  ["OPTIONS *", head("OPTIONS * HTTP/1.1", "Host: a")],
  ["an IPv6 host", head("GET / HTTP/1.1", "Host: [::1]:8080")],
  ["two slashes at the beginning of the path", head("GET //host/x HTTP/1.1", "Host: a")],
  ["a URL inside the path", head("GET /redirect/http://b/ HTTP/1.1", "Host: a")],
  ["bytes over 127 in target and value", head("GET /\xc3\xa9 HTTP/1.1", "Host: a", "X: \xff")],
  ["an empty value", head("GET / HTTP/1.1", "Host: a", "X:")],
  ["chunked", head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: Chunked")],
];

test.each(accepted)("accepts %s", (_what, bytes) => {
  expect(parseRequestHead(bytes)).toMatchObject({ kind: "head", head: { length: bytes.length } });
});

test("limits are parameters", () => {
  const bytes = head("GET /abc HTTP/1.1", "Host: a", "X: y");
  const limits = { target: 4, head: bytes.length, headers: 2 };
  expect(parseRequestHead(bytes, limits).kind).toBe("head");
  expect(parseRequestHead(bytes, { ...limits, target: 3 })).toMatchObject({ status: 414 });
  expect(parseRequestHead(bytes, { ...limits, head: bytes.length - 1 })).toMatchObject({ status: 431 });
  expect(parseRequestHead(bytes, { ...limits, headers: 1 })).toMatchObject({ status: 431 });
});

test("blanks inside a long value take linear time", () => {
  const bytes = head("GET / HTTP/1.1", "Host: a", `X: b${" \t".repeat(32_000)}c`);
  const start = performance.now();
  expect(parseRequestHead(bytes).kind).toBe("head");
  expect(performance.now() - start).toBeLessThan(100);
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
