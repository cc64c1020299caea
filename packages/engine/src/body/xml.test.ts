import { describe, expect, test } from "vitest";
import type { FakeBody } from "../testing/fake-body.ts";
import { readBody, valuesOf } from "../testing/fake-body.ts";
import { xml } from "./xml.ts";

const texts = (body: FakeBody): string[] => valuesOf(body.variables.xml, "/*");
const attributes = (body: FakeBody): string[] => valuesOf(body.variables.xml, "//@*");

test("texts and attribute values, in document order", () => {
  const body = readBody(
    xml,
    `<?xml version="1.0"?><a x="1" xmlns="u"><b y='2'> t1 </b><c>t2<d/>t3</c><!-- com --><![CDATA[cd]]></a>`,
  );
  expect(body.error).toBeUndefined();
  expect(texts(body)).toEqual(["t1", "t2", "t3", "cd"]);
  expect(attributes(body)).toEqual(["1", "u", "2"]);
  expect(valuesOf(body.variables.xml)).toEqual(["1", "u", "2", "t1", "t2", "t3", "cd"]);
  expect(body.variables.requestBody.value).toBe("");
  expect(body.args).toEqual([]);
});

test("text that comments or CDATA sections cut counts in pieces and as a whole", () => {
  expect(texts(readBody(xml, "<a>uni<!-- x -->on <![CDATA[select]]><?p i?> 1</a>"))).toEqual([
    "uni",
    "on",
    "select",
    "1",
    "union select 1",
  ]);
});

test("the five entities and numeric ones are resolved, in attributes too", () => {
  const body = readBody(xml, "<a b='&quot;&#39;'>&lt;&gt;&amp;&apos;&#x41;&#233;</a>");
  expect(body.error).toBeUndefined();
  expect(texts(body)).toEqual(["<>&'A\xc3\xa9"]);
  expect(attributes(body)).toEqual(["\"'"]);
});

test("a byte of a multi-byte character at the end of a text is no blank", () => {
  expect(texts(readBody(xml, "<a>\xc3\xa0</a>"))).toEqual(["\xc3\xa0"]);
});

describe("encodings", () => {
  test.each([
    ["\xef\xbb\xbf<a>\xc3\xa9</a>", "\xc3\xa9", undefined],
    ['<?xml version="1.0" encoding="UTF-8"?><a>\xc3\xa9</a>', "\xc3\xa9", undefined],
    ['<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>', "\xc3\xa9", undefined],
    ['<?xml version="1.0" encoding="utf-7"?><a>+ADw-</a>', "+ADw-", "the encoding utf-7 is not read"],
    ["<a>x\xff</a>", "x\xef\xbf\xbd", "the document is not valid UTF-8"],
  ])("%j", (text, value, error) => {
    const body = readBody(xml, text);
    expect(body.error).toBe(error);
    expect(texts(body)).toEqual([value]);
  });

  test("UTF-16 is an error", () => {
    const text = `\xff\xfe${"<a>x</a>".replaceAll(/./g, "$&\0")}`;
    expect(readBody(xml, text).error).toBeDefined();
  });
});

describe("a fault is an error, and what was read is kept", () => {
  test.each<[text: string, error: RegExp, found: string[]]>([
    ["<a>x<b>y</a>", /unexpected close tag|unclosed tag/, ["x", "y"]],
    ["<a>x<b>y", /unclosed tag/, ["x", "y"]],
    ["hello", /text data outside of root node/, []],
    ["<a>x&e;y</a>", /undefined entity/, ["x&e;y"]],
    ["<a>&copy;</a><b>z</b>", /undefined entity/, ["&copy;", "z"]],
    ["<a b=c>x</a>", /unquoted attribute value/, ["x"]],
    ["<a>x</a>y", /text data outside of root node/, ["x"]],
    ["<a>\0</a>", /disallowed character/, ["\0"]],
    ["<!DOCTYPE a><a>x</a>", /document types are not read/, ["x"]],
  ])("%j", (text, error, found) => {
    const body = readBody(xml, text);
    expect(body.error).toMatch(error);
    expect(texts(body)).toEqual(expect.arrayContaining(found));
    expect(body.variables.requestBody.value).toBe("");
  });
});

test("REQUEST_BODY shows a document that was not read to its end", () => {
  const text = `<a>${"&e;".repeat(5000)}<b c="attack"/></a>`;
  const body = readBody(xml, text);
  expect(body.error).toMatch(/undefined entity/);
  expect(body.variables.requestBody.value).toBe(text);
});

test("external entities are never resolved", () => {
  const text = `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`;
  const body = readBody(xml, text);
  expect(body.error).toBe("document types are not read");
  expect(texts(body)).toEqual(["&x;"]);
});

test("the missing end of a document that our own limit cut is no fault", () => {
  const body = readBody(xml, "<a>x<b>y", { cut: true });
  expect(body.error).toBeUndefined();
  expect(texts(body)).toEqual(["x", "y"]);
  expect(readBody(xml, "<a b=c>x", { cut: true }).error).toBeDefined();
});

describe("limits", () => {
  test("depth", () => {
    expect(readBody(xml, "<a>".repeat(1024) + "x" + "</a>".repeat(1024)).error).toBeUndefined();
    expect(readBody(xml, "<a>".repeat(1025)).error).toBe("elements are nested more than 1024 deep");
  });
  test("elements, attributes and texts", () => {
    const body = readBody(xml, `<r>${"<a>x</a>".repeat(150_000)}</r>`);
    expect(body.error).toBe("the document has more than 200000 elements, attributes and texts");
    expect(texts(body).length).toBeGreaterThan(99_000);
  });
  test("SecRequestBodyNoFilesLimit", () => {
    expect(readBody(xml, "<a/>", { settings: { requestBodyNoFilesLimit: 3 } }).error).toMatch(/NoFilesLimit/);
  });
});

describe("arguments", () => {
  const text = "<a><b c='1'>x</b><b>y</b></a>";
  const args = [
    ["xml.a.b.@c", "1"],
    ["xml.a.b", "x"],
    ["xml.a.b", "y"],
  ];
  test("on: both", () => {
    const body = readBody(xml, text, { settings: { parseXmlIntoArgs: "On" } });
    expect(body.args).toEqual(args);
    expect(texts(body)).toEqual(["x", "y"]);
  });
  test("only: XML stays empty", () => {
    const body = readBody(xml, text, { settings: { parseXmlIntoArgs: "OnlyArgs" } });
    expect(body.args).toEqual(args);
    expect(valuesOf(body.variables.xml)).toEqual([]);
    expect(valuesOf(body.variables.xml, "/a/b")).toEqual([]);
  });
  test("names that repeat beyond all bounds are an error", () => {
    const name = "n".repeat(200_000);
    const body = readBody(xml, `<${name}>${"<b>x</b>".repeat(200)}</${name}>`, {
      settings: { parseXmlIntoArgs: "On" },
    });
    expect(body.error).toBe("the names of nested elements are too long");
    expect(body.args.length).toBeLessThan(20);
  });
});

test("a response fills RESPONSE_XML", () => {
  const { error, variables } = readBody(xml, "<a b='1'>x</a>", {}, "processResponse");
  expect(error).toBeUndefined();
  expect(valuesOf(variables.responseXml, "//@*")).toEqual(["1"]);
  expect(valuesOf(variables.responseXml, "/*")).toEqual(["x"]);
});

test("other paths are looked up in the document, by rules and by macros", () => {
  const { variables } = readBody(xml, "<a><b c='1'>x</b></a>");
  expect(valuesOf(variables.xml, "/a/b")).toEqual(["x"]);
  expect(valuesOf(variables.xml, "/a/b")).toEqual(["x"]);
  expect(variables.xml.first("//@c")).toBe("1");
  expect(variables.xml.first("/*")).toBe("x");
  expect(variables.xml.first("/none")).toBeUndefined();
});
