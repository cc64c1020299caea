import { expect, test } from "vitest";
import { parseBoundary } from "./boundary.ts";

const plain = { quoted: false, whitespace: false, missingSemicolon: false };

test.each<[contentType: string, boundary: object]>([
  ["multipart/form-data; boundary=B", { ...plain, value: "B" }],
  ["Multipart/Form-Data;BOUNDARY=B;charset=x", { ...plain, value: "B" }],
  ["multipart/mixed; a=b; boundary=B", { ...plain, value: "B" }],
  ["multipart/form-data; boundary=----boundary7", { ...plain, value: "----boundary7" }],
  ['multipart/form-data; boundary="B c"; x=y', { ...plain, value: "B c", quoted: true, whitespace: true }],
  ['multipart/form-data; boundary="B;c"', { ...plain, value: "B;c", quoted: true }],
  ["multipart/form-data; boundary=B, c", { ...plain, value: "B" }],
  ["multipart/form-data; boundary=B ; c=d", { ...plain, value: "B", whitespace: true }],
  ["multipart/form-data; boundary\t=B", { ...plain, value: "B", whitespace: true }],
  ["multipart/form-data, boundary=B", { ...plain, value: "B", missingSemicolon: true }],
  ["multipart/form-data; charset=x boundary=B", { ...plain, value: "B", missingSemicolon: true }],
  ["multipart/form-data; xboundary=B", { ...plain, value: "B", missingSemicolon: true }],
  [`multipart/form-data; boundary=${"b".repeat(70)}`, { ...plain, value: "b".repeat(70) }],
])("%j", (contentType, boundary) => {
  expect(parseBoundary(contentType)).toEqual(boundary);
});

test.each([
  ["", "the content type is not multipart"],
  ["text/plain; boundary=B", "the content type is not multipart"],
  ["multipart/form-data", "the content type names no boundary"],
  ["multipart/form-data; boundary", "the content type names no boundary"],
  ["multipart/form-data; boundary=A; boundary=B", "the content type names several boundaries"],
  ["multipart/form-data; boundary=A; x=boundary=B", "the content type names several boundaries"],
  ["multipart/form-data; boundary=", "the boundary is empty"],
  ['multipart/form-data; boundary=""', "the boundary is empty"],
  ["multipart/form-data; boundary= ; a=b", "the boundary is empty"],
  ['multipart/form-data; boundary="B', "the quoted boundary is not closed"],
  ['multipart/form-data; boundary="B"c', "text follows the quoted boundary"],
  ['multipart/form-data; boundary="B "', "the boundary holds bytes that it may not"],
  ["multipart/form-data; boundary=\xc3\xa9", "the boundary holds bytes that it may not"],
  ["multipart/form-data; boundary=a\0b", "the boundary holds bytes that it may not"],
  ['multipart/form-data; boundary=a"b', "the boundary holds bytes that it may not"],
  [`multipart/form-data; boundary=${"b".repeat(71)}`, "the boundary is longer than 70 bytes"],
])("%j is refused: %s", (contentType, error) => {
  expect(parseBoundary(contentType)).toBe(error);
});
