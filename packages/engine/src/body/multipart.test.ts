import { describe, expect, test } from "vitest";
import type { FakeBody, FakeBodyOptions } from "../testing/fake-body.ts";
import type { Variables } from "../variables/variables.ts";
import { variableTable } from "../variables/variable-table.ts";
import { FakeTempStorage, pairsOf, readBody, valuesOf } from "../testing/fake-body.ts";
import { multipart } from "./multipart.ts";

const contentType = "multipart/form-data; boundary=B";
const read = (text: string, options: FakeBodyOptions = {}): FakeBody =>
  readBody(multipart, text, { contentType, ...options });

/** A body of parts, each its header lines and its content. */
function form(...parts: [head: string, content: string][]): string {
  return `${parts.map(([head, content]) => `--B\r\n${head}\r\n\r\n${content}\r\n`).join("")}--B--\r\n`;
}

const field = (name: string): string => `Content-Disposition: form-data; name="${name}"`;
const file = (name: string, filename: string): string =>
  `${field(name)}; filename="${filename}"\r\nContent-Type: text/plain`;

/** The flags that are raised. */
function flags(v: Variables): string[] {
  return variableTable
    .filter(({ name, of }) => name.startsWith("MULTIPART_") && of(v).first() === "1")
    .map(({ name }) => name.slice("MULTIPART_".length));
}

describe("faultless bodies", () => {
  test("fields and files, with no flag", () => {
    const body = read(
      form([field("a"), "1"], [file("f", "x.txt"), "file data"], [field("A"), "2"], [field("a"), "line\r\nline"]),
    );
    expect(body.error).toBeUndefined();
    expect(flags(body.variables)).toEqual([]);
    expect(body.args).toEqual([
      ["a", "1"],
      ["A", "2"],
      ["a", "line\r\nline"],
    ]);
    const { variables: v } = body;
    expect(pairsOf(v.files)).toEqual([["f", "x.txt"]]);
    expect(pairsOf(v.filesNames)).toEqual([["f", "f"]]);
    expect(pairsOf(v.filesSizes)).toEqual([["f", "9"]]);
    expect(pairsOf(v.filesTmpContent)).toEqual([["f", "file data"]]);
    expect(v.filesCombinedSize.value).toBe("9");
    expect(pairsOf(v.multipartName)).toEqual([["a", "a"], ["f", "f"], ["A", "A"], ["a", "a"]]); // prettier-ignore
    expect(pairsOf(v.multipartFilename)).toEqual([["f", "x.txt"]]);
    expect(valuesOf(v.multipartPartHeaders, "f")).toEqual([
      'Content-Disposition: form-data; name="f"; filename="x.txt"',
      "Content-Type: text/plain",
    ]);
    expect(v.requestBody.value).toBe("");
  });

  test.each<[who: string, type: string, text: string]>([
    [
      "a browser",
      "multipart/form-data; boundary=----WebKitFormBoundaryAbC",
      '------WebKitFormBoundaryAbC\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xc3\xa9\r\n------WebKitFormBoundaryAbC--\r\n',
    ],
    [
      "a browser's empty form",
      "multipart/form-data; boundary=----WebKitFormBoundaryAbC",
      "------WebKitFormBoundaryAbC--\r\n",
    ],
    [
      "curl",
      "multipart/form-data; boundary=------------------------d74496d66958873e",
      '--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n\0\xff\r\n--------------------------d74496d66958873e--\r\n',
    ],
    [
      ".NET",
      'multipart/form-data; boundary="a-b-c"',
      "--a-b-c\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=a; filename=x.txt; filename*=utf-8''x.txt\r\n\r\n1\r\n--a-b-c--\r\n",
    ],
    ["a line break before the first boundary", "multipart/form-data; boundary=B", `\r\n${form([field("a"), "1"])}`],
    ["no line break after the last one", "multipart/form-data; boundary=B", form([field("a"), "1"]).slice(0, -2)],
    ["a part without content", "multipart/form-data; boundary=B", `--B\r\n${field("a")}\r\n\r\n--B--\r\n`],
    ["a charset before the boundary", "multipart/form-data; charset=utf-8; boundary=B", form([field("a"), "1"])],
    [
      "a boundary that says so",
      "multipart/form-data; boundary=my-boundary-1",
      `--my-boundary-1\r\n${field("a")}\r\n\r\n1\r\n--my-boundary-1--`,
    ],
  ])("%s sets no flag but, where it applies, BOUNDARY_QUOTED", (_who, type, text) => {
    const body = read(text, { contentType: type });
    expect(body.error).toBeUndefined();
    expect(flags(body.variables)).toEqual(type.includes('"') ? ["BOUNDARY_QUOTED"] : []);
  });

  test("a line with two dashes in a file is no strict error", () => {
    const body = read(form([file("f", "key.pem"), "-----BEGIN KEY-----\n--x\r\n--y"]));
    expect([body.error, flags(body.variables)]).toEqual([undefined, []]);
    expect(body.variables.multipartUnmatchedBoundary.value).toBe("2");
  });
});

describe("anomalies", () => {
  test.each<[flag: string, type: string, text: string, args: [string, string][]]>([
    ["BOUNDARY_WHITESPACE", "multipart/form-data; boundary =B", form([field("a"), "1"]), [["a", "1"]]],
    ["BOUNDARY_WHITESPACE", "multipart/form-data; boundary= B", form([field("a"), "1"]), [["a", "1"]]],
    ["MISSING_SEMICOLON", "multipart/form-data boundary=B", form([field("a"), "1"]), [["a", "1"]]],
    ["DATA_BEFORE", contentType, `pre\r\n${form([field("a"), "1"])}`, [["a", "1"]]],
    ["DATA_AFTER", contentType, `${form([field("a"), "1"])}epilogue`, [["a", "1"]]],
    [
      "DATA_AFTER",
      contentType,
      `${form([field("a"), "1"])}${form([field("b"), "2"])}`,
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    ["LF_LINE", contentType, form([field("a"), "1"]).replaceAll("\r\n", "\n"), [["a", "1"]]],
    ["LF_LINE", contentType, form([field("a"), "1"]).replaceAll("\r\n", "\r"), []],
    ["HEADER_FOLDING", contentType, form([`${field("a")};\r\n x="y"`, "1"]), [["a", "1"]]],
    ["INVALID_HEADER_FOLDING", contentType, form([` x\r\n${field("a")}`, "1"]), [["a", "1"]]],
    ["INVALID_HEADER_FOLDING", contentType, form([`${field("a")}\r\n\fx: y`, "1"]), [["a", "1"]]],
    ["INVALID_PART", contentType, form(["Content-Type: text/plain", "1"]), [["", "1"]]],
    ["INVALID_PART", contentType, form([`${field("a")}\r\nno colon`, "1"]), [["a", "1"]]],
    ["INVALID_PART", contentType, form([`${field("a")}\r\nX y: z`, "1"]), [["a", "1"]]],
    ["INVALID_PART", contentType, form([`${field("a")}\r\nX: \0`, "1"]), [["a", "1"]]],
    ["INVALID_PART", contentType, form([`${field("a")}\r\n${"X: y\r\n".repeat(100)}Z: z`, "1"]), [["a", "1"]]],
    ["INVALID_PART", contentType, form([`${field("a")}\r\n${field("b")}`, "1"]), [["b", "1"]]],
    ["INVALID_PART", contentType, form([`${field("a")}; name="b"`, "1"]), [["b", "1"]]],
    ["INVALID_PART", contentType, form([`${field("a")}; oops`, "1"]), [["a", "1"]]],
    ["INVALID_PART", contentType, form(['Content-Disposition: attachment; name="a"', "1"]), [["a", "1"]]],
    ["INVALID_PART", contentType, `--B\r\n${field("a")}\r\n--B--\r\n`, [["a", ""]]],
    ["INVALID_PART", contentType, "--B\r\n--B--\r\n", [["", ""]]],
    ["INVALID_QUOTING", contentType, form(["Content-Disposition: form-data; name='a'", "1"]), [["'a'", "1"]]],
    ["INVALID_QUOTING", contentType, form(['Content-Disposition: form-data; name="a', "1"]), [["a", "1"]]],
    ["INVALID_QUOTING", contentType, form(['Content-Disposition: form-data; name="a"b', "1"]), [["ab", "1"]]],
    [
      "UNMATCHED_BOUNDARY",
      contentType,
      `--B\r\n${field("a")}\r\n\r\n1\r\n--Bx\r\n${field("b")}\r\n\r\n2\r\n--B--\r\n`,
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    ["UNMATCHED_BOUNDARY", contentType, `--B \r\n${field("a")}\r\n\r\n1\r\n--B--\r\n`, [["a", "1"]]],
  ])("%s: %s %j", (flag, type, text, args) => {
    const { variables, args: found } = read(text, { contentType: type });
    expect(flags(variables)).toContain(flag);
    expect(flags(variables)).toContain("STRICT_ERROR");
    for (const arg of args) expect(found).toContainEqual(arg);
  });

  test("line ends that are mixed hide no part", () => {
    const body = read(`--B\r\n${field("a")}\n\r\nv1\n--B\n${field("b")}\r\n\nv2\r--B--\r\n`);
    expect(body.args).toEqual([
      ["a", "v1"],
      ["b", "v2"],
    ]);
    expect(flags(body.variables)).toEqual(expect.arrayContaining(["LF_LINE", "CRLF_LF_LINES", "STRICT_ERROR"]));
  });

  test("a file limit that is passed", () => {
    const text = form([file("f", "1"), "a"], [file("f", "2"), "b"]);
    const tempStorage = new FakeTempStorage();
    const settings = { uploadFileLimit: 1, uploadKeepFiles: "On" as const };
    const { variables } = read(text, { settings, host: { tempStorage } });
    expect(flags(variables)).toEqual(["FILE_LIMIT_EXCEEDED", "STRICT_ERROR"]);
    expect(pairsOf(variables.filesSizes)).toEqual([["f", "1"], ["f", "1"]]); // prettier-ignore
    expect(tempStorage.files).toHaveLength(1);
    expect(flags(read(text, { settings: { uploadFileLimit: 2 } }).variables)).toEqual([]);
  });

  test("a file with a broken head counts as a field too", () => {
    const { args, variables } = read(
      form([`${field("a")}; filename="x"; filename=""`, "attack"], [file("b", "y"), "data"]),
    );
    expect(args).toEqual([["a", "attack"]]);
    expect(valuesOf(variables.files)).toEqual(["y"]);
    const twice = read(form([`${field("a")}\r\n${field("b")}; filename="x"`, "attack"]));
    expect(twice.args).toEqual([["b", "attack"]]);
    expect(valuesOf(twice.variables.files)).toEqual(["x"]);
  });

  test("a line that is no header shows among the part headers", () => {
    const { variables } = read(form([`${field("a")}\r\n<script>`, "1"]));
    expect(valuesOf(variables.multipartPartHeaders, "a")).toContain("<script>");
  });
});

test("a malformed header line is an error", () => {
  const { error, args } = read(form([`${field("a")}\r\n\x0eX: y`, "1"]));
  expect([error, args]).toEqual(["a part has a malformed header line", [["a", "1"]]]);
});

test("a body that ends before the final boundary is an error", () => {
  const body = read(`--B\r\n${field("a")}\r\n\r\n1`);
  expect(body.error).toBe("the body ends before the final boundary");
  expect(flags(body.variables)).toContain("STRICT_ERROR");
  expect(body.variables.requestBody.value).toBe("");
});

describe("bodies that cannot be taken apart are an error and show as REQUEST_BODY", () => {
  test.each<[type: string, text: string, error: string]>([
    ["multipart/form-data", form([field("a"), "1"]), "the content type names no boundary"],
    ["multipart/form-data; boundary=", form([field("a"), "1"]), "the boundary is empty"],
    [contentType, "no boundary here", "no boundary is found in the body"],
    [contentType, "--B\r\n".repeat(10_002), "the body has more than 10000 parts"],
  ])("%j", (type, text, error) => {
    const body = read(text, { contentType: type });
    expect(body.error).toBe(error);
    expect(flags(body.variables)).toContain("STRICT_ERROR");
    expect(body.variables.requestBody.value).toBe(text);
  });

  test("what an unfinished part holds is kept", () => {
    expect(read(`--B\r\n${field("a")}\r\n\r\nattack`).args).toEqual([["a", "attack"]]);
    expect(valuesOf(read(`--B\r\n${file("f", "x")}\r\n\r\nda`).variables.filesSizes)).toEqual(["2"]);
  });

  test("a body that our own limit cut has no such fault", () => {
    const body = read(`--B\r\n${field("a")}\r\n\r\n1`, { cut: true });
    expect([body.error, flags(body.variables)]).toEqual([undefined, []]);
    expect(body.args).toEqual([["a", "1"]]);
  });

  test("lines with dashes in a body without its boundaries are UNMATCHED_BOUNDARY", () => {
    expect(flags(read("--X\r\n\r\n--X--").variables)).toContain("UNMATCHED_BOUNDARY");
  });
});

describe("several Content-Type headers", () => {
  const text = form([field("a"), "1"]);
  test("that differ are an error; the boundary is the last one's", () => {
    const body = read(text, { contentType: "multipart/form-data; boundary=A", moreContentTypes: [contentType] });
    expect(body.error).toBe("several Content-Type headers differ");
    expect(body.args).toEqual([["a", "1"]]);
    const other = read(text, { moreContentTypes: ["text/plain"] });
    expect([other.error, other.args]).toEqual(["several Content-Type headers differ", [["a", "1"]]]);
  });
  test("that are the same are none", () => {
    expect(read(text, { moreContentTypes: [contentType] }).error).toBeUndefined();
  });
});

describe("file names", () => {
  test.each<[parameters: string, names: string[]]>([
    ["filename=x.txt", ["x.txt"]],
    ['filename="C:\\dir\\x.txt"', ["C:\\dir\\x.txt"]],
    ['filename="a\\"b\\\\.txt"', ['a"b\\.txt']],
    ['filename="a;b.txt"', ["a;b.txt"]],
    ['filename="%22.txt"', ["%22.txt"]],
    ["filename*=UTF-8''x%20y.php", ["x y.php"]],
    ["filename*=UTF-8'en'it's.php", ["it's.php"]],
    ["filename*=x%2ephp", ["x.php"]],
    ["filename=\"a.txt\"; filename*=UTF-8''b.php", ["b.php", "a.txt"]],
    ['filename*0="a"; filename*1=".php"', ["a.php"]],
    ["filename*0*=UTF-8''a%2e; filename*1=php; filename*2*=%35", ["a.php5"]],
    ['filename="a.txt"; filename*0="b.php"', ["a.txt", "b.php"]],
  ])("%s", (parameters, names) => {
    const { variables, args } = read(form([`${field("f")}; ${parameters}`, "d"]));
    expect(valuesOf(variables.files)).toEqual(names);
    expect(valuesOf(variables.filesSizes)).toEqual(["1"]);
    expect(flags(variables)).toEqual([]);
    expect(args).toEqual([]);
  });

  test("an empty one makes a field", () => {
    expect(read(form([`${field("f")}; filename=""`, "data"])).args).toEqual([["f", "data"]]);
  });
});

describe("Content-Transfer-Encoding", () => {
  test.each<[encoding: string, content: string, values: string[]]>([
    ["quoted-printable", "=3Cscript=3e a=\r\nb=\nc =zz", ["<script> abc =zz", "=3Cscript=3e a=\r\nb=\nc =zz"]],
    ["Quoted-Printable", "plain", ["plain"]],
    ["quoted-printable", "==\r\n41", ["=41", "==\r\n41"]],
    ["base64", "PHNj\r\ncmlwdD4=", ["<script>", "PHNj\r\ncmlwdD4="]],
    ["8bit", "=41", ["=41"]],
  ])("%s %j gives the decoded value, and the one received", (encoding, content, values) => {
    const body = read(form([`${field("a")}\r\nContent-Transfer-Encoding: ${encoding}`, content]));
    expect(body.args.map(([, value]) => value)).toEqual(values);
    expect(valuesOf(body.variables.multipartPartHeaders)).toContain(`Content-Transfer-Encoding: ${encoding}`);
  });
});

describe("temporary files", () => {
  const text = form([file("f", "x"), "one"], [field("a"), "1"], [file("g", "y"), "two"]);

  test("are written when a rule asks for their names", () => {
    const tempStorage = new FakeTempStorage();
    const { variables, uploads } = read(text, {
      host: { tempStorage },
      settings: { uploadDirectory: "/up", uploadFileMode: 0o640 },
    });
    expect(tempStorage.files).toEqual([]);
    expect(pairsOf(variables.filesTmpNames)).toEqual([["f", "/up/upload0"], ["g", "/up/upload1"]]); // prettier-ignore
    expect(variables.filesTmpNames.first("g")).toBe("/up/upload1");
    expect([...variables.filesTmpNames.data().keys()]).toEqual(["f", "g"]);
    expect(tempStorage.files).toEqual([
      { path: "/up/upload0", mode: 0o640, content: "one" },
      { path: "/up/upload1", mode: 0o640, content: "two" },
    ]);
    expect(uploads).toHaveLength(2);
  });

  test.each(["On", "RelevantOnly"] as const)("are written at once with SecUploadKeepFiles %s", (uploadKeepFiles) => {
    const tempStorage = new FakeTempStorage();
    read(text, { host: { tempStorage }, settings: { uploadKeepFiles } });
    expect(tempStorage.files.map((each) => each.path)).toEqual(["/tmp/upload0", "/tmp/upload1"]);
  });

  test("do without a host that has some", () => {
    expect(pairsOf(read(text, { settings: { uploadKeepFiles: "On" } }).variables.filesTmpNames)).toEqual([]);
  });
});

test("SecRequestBodyNoFilesLimit does not count the content of files", () => {
  const text = form([file("f", "x"), "x".repeat(1000)]);
  const limit = text.length - 1000;
  expect(read(text, { settings: { requestBodyNoFilesLimit: limit } }).error).toBeUndefined();
  expect(read(text, { settings: { requestBodyNoFilesLimit: limit - 1 } }).error).toMatch(/NoFilesLimit/);
});
