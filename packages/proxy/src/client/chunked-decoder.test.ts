import fc from "fast-check";
import { expect, test } from "vitest";
import { ChunkedDecoder } from "./chunked-decoder.ts";

/** Decodes in pieces of the given size; the text, or the error. */
function decode(bytes: string, size: number): string {
  const decoder = new ChunkedDecoder();
  let pending = Buffer.alloc(0);
  let text = "";
  for (let at = 0; at < bytes.length; at += size) {
    pending = Buffer.concat([pending, Buffer.from(bytes.slice(at, at + size), "latin1")]);
    const { consumed, data, error } = decoder.push(pending);
    pending = pending.subarray(consumed);
    text += data.map((piece) => Buffer.from(piece).toString("latin1")).join("");
    if (error !== undefined) return `error: ${error}`;
  }
  return decoder.done ? text : "error: unfinished";
}

test("joins chunks, whatever the pieces they arrive in", () => {
  const bytes = "3\r\nabc\r\n4;name=value\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n";
  for (let size = 1; size <= bytes.length; size++) expect(decode(bytes, size)).toBe("abcdefg");
});

test.each([
  "3\nabc\r\n0\r\n\r\n",
  "3\r\nabcd\r\n0\r\n\r\n",
  "-1\r\n\r\n",
  "0x3\r\nabc\r\n0\r\n\r\n",
  "\r\n",
  "fffffffffffffffff\r\n",
  "3\r\nabc\r0\r\n\r\n",
  "0\r\nbad trailer\r\n\r\n",
  `3;${"a".repeat(300)}\r\nabc\r\n0\r\n\r\n`,
  "3\r\nab",
  "3 \r\nabc\r\n0\r\n\r\n",
  " 3\r\nabc\r\n0\r\n\r\n",
  "3\r\nabc\n0\r\n\r\n",
  "0\r\nX: \0\r\n\r\n",
  `0\r\n${"X: y\r\n".repeat(3000)}\r\n`,
  `${`1;${"e".repeat(200)}\r\na\r\n`.repeat(30)}0\r\n\r\n`,
])("%j is an error", (bytes) => {
  expect(decode(bytes, 7)).toMatch(/^error/);
});

test("leaves what follows the message, and takes nothing after its end", () => {
  const decoder = new ChunkedDecoder();
  const bytes = Buffer.from("1\r\na\r\n0\r\n\r\nGET /", "latin1");
  expect(decoder.push(bytes)).toMatchObject({ consumed: bytes.length - 5, error: undefined });
  expect(decoder.done).toBe(true);
  expect(decoder.push(Buffer.from("1\r\n"))).toEqual({ consumed: 0, data: [], error: undefined });
});

test("an error stays", () => {
  const decoder = new ChunkedDecoder();
  decoder.push(Buffer.from("x\r\n"));
  expect(decoder.push(Buffer.from("1\r\na\r\n")).error).toBe("a chunk size is malformed");
});

test("limits are parameters", () => {
  const strict = new ChunkedDecoder({ sizeLine: 4, extensions: 1, trailer: 10 });
  expect(strict.push(Buffer.from("1;a\r\n")).error).toBe("the chunk extensions are too long");
});

test("any bytes end in a result", () => {
  const unit = fc.constantFrom("\r\n", "0", "3", "abc", ";", "\n", "\r", "f", "\xff");
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 20 }), (bytes) => {
      expect(typeof decode(bytes, 3)).toBe("string");
    }),
    { seed: 5, numRuns: 5000 },
  );
});
