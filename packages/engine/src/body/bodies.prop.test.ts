import { expect, test } from "vitest";
import fc from "fast-check";
import { pairsOf, readBody, valuesOf } from "../testing/fake-body.ts";
import { bodyProcessors } from "./index.ts";
import { multipart } from "./multipart.ts";
import { xml } from "./xml.ts";

const bytes = fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte));
const marks = fc.constantFrom(
  ...[
    "\r\n",
    "\n",
    "\r",
    "--B",
    "--B\r\n",
    "--B--",
    'Content-Disposition: form-data; name="a"',
    "; filename=",
    '"',
    "\r\n\r\n",
  ],
  ...["{", "}", "[", "]", ":", ",", '"a"', "\\u", "\\", "1"],
  ...[
    "<a>",
    "</a>",
    "<",
    ">",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&lt;",
    "&",
    ";",
    "<?xml ",
    'encoding="x"?>',
    "<!DOCTYPE ",
    " b='c'",
  ],
  ...["&", "=", "%", "%41", "+"],
);
const body = fc.string({ unit: fc.oneof({ arbitrary: marks, weight: 3 }, bytes), maxLength: 40 });
const contentType = fc.oneof(
  fc.constant("multipart/form-data; boundary=B"),
  fc.string({
    unit: fc.oneof(bytes, fc.constantFrom("multipart/", "boundary", "=", '"', ";", " ", "B")),
    maxLength: 12,
  }),
);

test.each(bodyProcessors)("$name takes any bytes without throwing, and answers with byte strings", (processor) => {
  fc.assert(
    fc.property(body, contentType, (text, type) => {
      const { error, args, variables } = readBody(processor, text, { contentType: type });
      const values = [
        error ?? "",
        ...args.flat(),
        ...valuesOf(variables.xml),
        ...pairsOf(variables.multipartPartHeaders).flat(),
      ];
      for (const value of values) expect(/^[\0-\xff]*$/.test(value)).toBe(true);
      readBody(processor, text, { contentType: type }, "processResponse");
    }),
    { seed: 3, numRuns: 1500 },
  );
});

const token = fc.string({
  unit: fc.constantFrom("a", "X", "1", " ", ".", "_", "-", "\xc3", "\xa9"),
  minLength: 1,
  maxLength: 8,
});
// Contents end in no line break of their own, which nobody could tell from the boundary's.
const content = fc.string({ unit: fc.oneof(bytes, fc.constantFrom("\r\n", "--", "B")), maxLength: 30 });

test("a well-formed multipart body gives back its fields and files", () => {
  const part = fc.record({ name: token, filename: fc.option(token, { nil: undefined }), content });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const boundary = "----x0y1z2";
      const text = parts.map(({ name, filename, content: value }) => {
        const file = filename === undefined ? "" : `; filename="${filename}"`;
        return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
      });
      const type = `multipart/form-data; boundary=${boundary}`;
      const { error, args, variables } = readBody(multipart, `${text.join("")}--${boundary}--\r\n`, {
        contentType: type,
      });
      expect(error).toBeUndefined();
      expect(variables.multipartStrictError.value).toBe("0");
      expect(args).toEqual(
        parts.filter((each) => each.filename === undefined).map((each) => [each.name, each.content]),
      );
      const files = parts.filter((each) => each.filename !== undefined);
      expect(pairsOf(variables.files)).toEqual(files.map((each) => [each.name, each.filename]));
      expect(pairsOf(variables.filesTmpContent)).toEqual(files.map((each) => [each.name, each.content]));
    }),
    { seed: 3, numRuns: 1000 },
  );
});

test("a well-formed XML document gives back its texts and attribute values", () => {
  const escape = (text: string): string =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("'", "&#39;");
  const value = fc
    .string({ unit: fc.constantFrom("a", "b", "<", ">", "&", "'", '"', "]"), minLength: 1, maxLength: 8 })
    .filter((text) => !text.includes("]]>"));
  fc.assert(
    fc.property(fc.array(fc.record({ attribute: value, text: value, depth: fc.nat({ max: 3 }) })), (items) => {
      const inner = items.map(
        ({ attribute, text, depth }) =>
          `${"<d>".repeat(depth)}<i a='${escape(attribute)}'>${escape(text)}</i>${"</d>".repeat(depth)}`,
      );
      const { error, variables } = readBody(xml, `<r>${inner.join("")}</r>`);
      expect(error).toBeUndefined();
      expect(valuesOf(variables.xml, "/*")).toEqual(items.map((item) => item.text));
      expect(valuesOf(variables.xml, "//@*")).toEqual(items.map((item) => item.attribute));
      expect(valuesOf(variables.xml, "//i")).toEqual(items.map((item) => item.text));
    }),
    { seed: 3, numRuns: 300 },
  );
});
