import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readCurl } from "./curl.ts";
import { readJsonRecord } from "./json-record.ts";
import { parseJsonBytes } from "./json-text.ts";
import { openTraffic, readTraffic } from "./open-traffic.ts";
import { shellWords } from "./shell-words.ts";
import { JsonSplitter } from "./split-json.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuirass-traffic-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (name: string, text: string): string => {
  const file = join(directory, name);
  writeFileSync(file, text, "latin1");
  return file;
};

describe("curl", () => {
  test("words are split as a shell does", () => {
    expect(shellWords(String.raw`curl 'a b' "c \"d\"" e\ f $'g\n\x41' --h='i'`)).toEqual([
      "curl",
      "a b",
      'c "d"',
      "e f",
      "g\nA",
      "--h=i",
    ]);
    expect(shellWords("a \\\n  b")).toEqual(["a", "b"]);
  });

  test("a copied POST becomes the request that curl sends", () => {
    const command = `curl 'https://shop.example/login?next=%2F' \\
      -X POST -H 'Content-Type: application/x-www-form-urlencoded' -H 'Cookie: a=b' \\
      --data-raw 'user=ada&pass=x' --compressed -k -o /dev/null`;
    expect(readCurl(command, "c")).toEqual({
      name: "c",
      method: "POST",
      uri: "/login?next=%2F",
      protocol: "HTTP/1.1",
      headers: [
        ["Host", "shop.example"],
        ["User-Agent", "curl/8.11.0"],
        ["Accept", "*/*"],
        ["Content-Type", "application/x-www-form-urlencoded"],
        ["Cookie", "a=b"],
        ["Accept-Encoding", "deflate, gzip, br, zstd"],
        ["Content-Length", "15"],
      ],
      body: "user=ada&pass=x",
    });
  });

  test.each([
    ["curl -G -d a=1 -d b=2 http://h/p?c=3", "GET", "/p?c=3&a=1&b=2", ""],
    ["curl --json '{\"a\":1}' h/p", "POST", "/p", '{"a":1}'],
    ["curl -I h", "HEAD", "/", ""],
    ["curl -XPUT -dx h/p", "PUT", "/p", "x"],
    ["curl --data-urlencode 'q=a b&c' h", "POST", "/", "q=a%20b%26c"],
  ])("%s", (command, method, uri, body) => {
    expect(readCurl(command, "c")).toMatchObject({ method, uri, body });
  });

  test("without a URL it says so", () => {
    expect(() => readCurl("curl -X POST", "c")).toThrow("the curl command names no URL");
  });
});

describe("JSON records", () => {
  test("an audit entry of ours is the request it was written from", () => {
    const entry = {
      transaction: {
        id: "abc",
        client_ip: "192.0.2.1",
        is_interrupted: true,
        request: {
          method: "POST",
          uri: "/a?b=1",
          protocol: "HTTP/1.1",
          headers: { host: ["h"], cookie: ["x=1"] },
          body: "c=2",
        },
        response: { status: 403, protocol: "HTTP/1.1", headers: { "content-type": ["text/html"] }, body: "no" },
      },
      messages: [{ data: { id: 942100 } }, { data: { id: 942100 } }, { data: { id: 949110 } }],
    };
    expect(readJsonRecord(entry, "f#1")).toEqual({
      name: "abc",
      method: "POST",
      uri: "/a?b=1",
      protocol: "HTTP/1.1",
      headers: [
        ["host", "h"],
        ["cookie", "x=1"],
      ],
      body: "c=2",
      client: "192.0.2.1",
      response: { status: 403, protocol: "HTTP/1.1", headers: [["content-type", "text/html"]], body: "no" },
      recorded: { blocked: true, ids: [942100, 949110] },
    });
  });

  test("an entry of the older form is read by its request line", () => {
    const entry = {
      transaction: { transaction_id: "x", remote_address: "192.0.2.1" },
      request: { request_line: "GET /a HTTP/1.1", headers: { host: "h" } },
    };
    expect(readJsonRecord(entry, "f#1")).toMatchObject({ method: "GET", uri: "/a", headers: [["host", "h"]] });
  });

  test("strings are bytes, whether written as UTF-8 or as escapes", () => {
    expect(parseJsonBytes(Buffer.from('{"a":"é"}', "utf8"))).toEqual({ a: "\xc3\xa9" });
    expect(parseJsonBytes(Buffer.from('{"\\u00e9":["\\u00e9"]}', "utf8"))).toEqual({ "\xc3\xa9": ["\xc3\xa9"] });
  });

  test("values are found whatever the pieces that the text comes in", () => {
    const text = fc.array(fc.record({ a: fc.string(), b: fc.array(fc.object({ maxDepth: 2 })) }), { maxLength: 6 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(40), { minLength: 1 }), fc.boolean(), (values, cuts, lines) => {
        const bytes = Buffer.from(
          lines ? values.map((value) => JSON.stringify(value)).join("\n") : JSON.stringify(values),
          "utf8",
        );
        const splitter = new JsonSplitter();
        const found: unknown[] = [];
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const end = Math.min(bytes.length, at + 1 + cuts[cut % cuts.length]!);
          for (const value of splitter.push(bytes.subarray(at, end))) found.push(JSON.parse(value.toString("utf8")));
          at = end;
        }
        expect(found).toEqual(JSON.parse(JSON.stringify(values)));
        expect(splitter.unfinished).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe("files and folders", () => {
  test("a folder may hold every kind of record", async () => {
    write("1.http", "GET /raw?a=1 HTTP/1.1\r\nHost: h\r\n\r\n");
    write("2.sh", "curl http://h/curl\n");
    write(
      "3.jsonl",
      '{"method":"GET","uri":"/line","headers":{}}\n{"method":"GET","uri":"/line2","headers":{},"class":"attack"}\n',
    );
    write(
      "4.har",
      JSON.stringify({
        log: {
          entries: [
            {
              request: {
                method: "POST",
                url: "https://h/har?x=1",
                httpVersion: "h2",
                headers: [{ name: ":path", value: "/" }],
                postData: { text: "b" },
              },
              response: { status: 200, headers: [], content: { text: "YQ==", encoding: "base64" } },
            },
          ],
        },
      }),
    );
    mkdirSync(join(directory, "sub"));
    writeFileSync(
      join(directory, "sub", "920100.yaml"),
      "rule_id: 920100\ntests:\n  - test_id: 1\n    stages:\n      - input:\n          uri: /ftw\n        output:\n          log:\n            expect_ids: [920100]\n",
    );
    const traffic = await readTraffic([directory]);
    expect(traffic.map(({ uri }) => uri)).toEqual(
      ["/line", "/line2", "/raw?a=1", "/curl", "/har?x=1", "/ftw"].toSorted((a, b) => order(a) - order(b)),
    );
    expect(traffic.find(({ uri }) => uri === "/har?x=1")).toMatchObject({
      protocol: "HTTP/2.0",
      body: "b",
      headers: [["Host", "h"]],
      response: { body: "a" },
    });
    expect(traffic.filter(({ kind }) => kind === "attack").map(({ uri }) => uri)).toEqual(["/line2", "/ftw"]);
    function order(uri: string): number {
      return traffic.findIndex((exchange) => exchange.uri === uri);
    }
  });

  test("what is no record is refused with its name", async () => {
    const file = write("a.txt", "hello");
    await expect(readTraffic([file])).rejects.toThrow(`${file}: expected JSON records`);
    expect(() => openTraffic([join(directory, "none")])).toThrow("there is no file or folder");
    await expect(readTraffic([write("b.json", '[{"method":"GET","uri":"/"')])).rejects.toThrow("ends within a record");
  });
});
