import { expect, test } from "vitest";
import type { FakeBodyOptions } from "../testing/fake-body.ts";
import type { BodyProcessorDefinition } from "./body-processor.ts";
import { readBody, valuesOf } from "../testing/fake-body.ts";
import { growthExponent } from "../testing/growth.ts";
import { json } from "./json.ts";
import { multipart } from "./multipart.ts";
import { urlencoded } from "./urlencoded.ts";
import { xml } from "./xml.ts";

/** User and system together: the system divides them by guess, only their sum is exact. */
const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** CPU time: what else runs on the machine does not count. */
const now = (): number => cpuMicroseconds() / 1000;
const KILOBYTE = 1024;
const type = { contentType: "multipart/form-data; boundary=B" };
const deep = { settings: { requestBodyJsonDepthLimit: 1_000_000 } };
const intoArgs = { settings: { parseXmlIntoArgs: "On" as const } };
const disposition = "--B\r\nContent-Disposition: form-data; ";

/** A unit repeated to the size, between a beginning and an end. */
const rows: readonly (readonly [BodyProcessorDefinition, unit: string, begin: string, end: string, FakeBodyOptions])[] =
  [
    [urlencoded, "a&", "", "", {}],
    [urlencoded, "a=1&", "", "", {}],
    [urlencoded, "%4", "", "", {}],
    [urlencoded, "%41+", "a=", "", {}],
    [json, "[", "", "", deep],
    [json, '{"a":', "", "", deep],
    [json, "[1,", "", "", deep],
    [json, "[]", "[", "", deep],
    [json, '"', "[", "", {}],
    [json, "\\", '["', "", {}],
    [json, "\\u00", '["', "", {}],
    [json, "\\ud83d", '["', '"]', {}],
    [json, "1.1e", "[", "]", {}],
    [json, '"k",1', `{"${"k".repeat(KILOBYTE)}":[`, "", {}],
    [json, ":,", "{", "", {}],
    [xml, "<a>", "", "", {}],
    [xml, "<a/>", "<r>", "</r>", {}],
    [xml, "<a>x</a>", "<r>", "</r>", intoArgs],
    [xml, "x<!-- -->", "<r>", "</r>", {}],
    [xml, "<![CDATA[x]]>", "<r>", "</r>", {}],
    [xml, "]]", "<r><![CDATA[", "", {}],
    [xml, "&amp;", "<r>", "</r>", {}],
    [xml, "&a", "<r>", "", {}],
    [xml, "a", "<r>&", ";</r>", {}],
    [xml, "<", "<r>", "", {}],
    [xml, "- ", "<r><!--", "", {}],
    [xml, "\xc3\xa9", "<r>", "</r>", {}],
    [xml, " a", "<r", "/>", {}],
    [multipart, "--B\r\n", "", "", type],
    [multipart, "--B\r\n\r\n\r\n", "", "--B--", type],
    [multipart, "\r\n-", "--B\r\n\r\n", "", type],
    [multipart, "\r\n--B", "--B\r\n\r\n", "", type],
    [multipart, "--B", "--B\r\n\r\n", "", type],
    [multipart, "--Bx", "", "", type],
    [multipart, "\n", "--B\r\n\r\n", "", type],
    [multipart, "\r", "--B\r\n\r\n", "", type],
    [multipart, "X: y\r\n", "--B\r\n", "", type],
    [multipart, " x\r\n", "--B\r\nX: y\r\n", "", type],
    [multipart, ":", "--B\r\n", "", type],
    [multipart, 'name="a";', disposition, "\r\n\r\n", type],
    [multipart, "\\", `${disposition}name="`, "\r\n\r\n", type],
    [multipart, '"', `${disposition}name=`, "\r\n\r\n", type],
    [multipart, "; ", disposition, "\r\n\r\n", type],
    [multipart, "=", "--B\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", "\r\n--B--", type],
    [multipart, "=41", "--B\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", "\r\n--B--", type],
    [multipart, "QUFB", "--B\r\nContent-Transfer-Encoding: base64\r\n\r\n", "\r\n--B--", type],
  ];

test.each(rows.map((row) => [row[0].name, row[1], row] as const))(
  "%s of %j is read in linear time",
  (_name, _unit, row) => {
    const [processor, unit, begin, end, options] = row;
    const run = (size: number): void => {
      readBody(processor, begin + unit.repeat(Math.ceil(size / unit.length)) + end, {
        argumentLimit: 10_000,
        ...options,
      });
    };
    // Levels that are open stay in memory. Those of 16 KB are gone before the collector comes, those of 256 KB it copies:
    // 50 ns a byte up to 32 KB, 320 at 128, 350 at 512.
    const limit = unit === "[" ? 1.4 : 1.2;
    expect(growthExponent(now, run, 16 * KILOBYTE, 256 * KILOBYTE)).toBeLessThanOrEqual(limit);
  },
);

test.each(["/r/a", "//a", "//*//*//*//a", "//@b", "//text()"])("XML:%s is linear", (path) => {
  const run = (size: number): void => {
    const depth = Math.min(1000, size / 64);
    const unit = "<a b='c'>x</a>";
    const text = `<r>${"<a>".repeat(depth)}${unit.repeat(size / unit.length)}${"</a>".repeat(depth)}</r>`;
    valuesOf(readBody(xml, text).variables.xml, path);
  };
  expect(growthExponent(now, run, 16 * KILOBYTE, 256 * KILOBYTE)).toBeLessThanOrEqual(1.2);
});

test.each(["boundary ", "boundary=", 'boundary="', "; ", " "])(
  "a Content-Type of %j is read in linear time",
  (unit) => {
    const run = (size: number): void => {
      readBody(multipart, "--B--", { contentType: `multipart/form-data; ${unit.repeat(size / unit.length)}` });
    };
    expect(growthExponent(now, run, 16 * KILOBYTE, 256 * KILOBYTE)).toBeLessThanOrEqual(1.2);
  },
);
