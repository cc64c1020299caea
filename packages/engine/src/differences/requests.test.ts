// Defects of Coraza's reading of requests that do not occur here; a row each in docs/data/differences.json.
import { describe, expect, test } from "vitest";
import type { TestRequest } from "../testing/run-rules.ts";
import { matchedIds, runRules } from "../testing/run-rules.ts";

const bodies = "SecRequestBodyAccess On\n";
const form = "application/x-www-form-urlencoded";

function post(type: string, body: string): TestRequest {
  return { method: "POST", headers: [["Content-Type", type]], body };
}

/** Sets a processor as the recommended settings do. */
const processor = (name: string): string => `SecAction "id:9,phase:1,pass,nolog,ctl:requestBodyProcessor=${name}"\n`;

describe("arguments", () => {
  const attack = 'SecRule ARGS "@streq attack" "id:1,phase:2,log"';

  test("A7 no value is lost when names differ only in case or repeat, in forms and in JSON", () => {
    for (const body of ["a=1&A=attack", "A=attack&a=1", "a=attack&a=1"]) {
      expect(matchedIds(runRules(bodies + attack, post(form, body)))).toEqual([1]);
    }
    for (const body of ['{"a":"attack","A":"1"}', '{"a":"1","A":"attack"}', '{"a":"attack","a":"1"}']) {
      expect(matchedIds(runRules(bodies + processor("JSON") + attack, post("application/json", body)))).toEqual([9, 1]);
    }
  });

  test("A8 the limit counts for every source, and a flag tells that it was passed", () => {
    const rules = `SecRuleEngine On\n${bodies}SecArgumentsLimit 2
      SecRule ARGS_LIMIT_EXCEEDED "@streq 1" "id:2,phase:2,deny,status:400,log"\n`;
    const json = rules + processor("JSON");
    const multipart = '--b\r\nContent-Disposition: form-data; name="NAME"\r\n\r\n1\r\n';
    const parts = ["a", "b", "c"].map((name) => multipart.replace("NAME", name)).join("");
    const requests: (readonly [string, TestRequest])[] = [
      [rules, { uri: "/?a=1&b=2&c=3" }],
      [rules, post(form, "a=1&b=2&c=3")],
      [json, post("application/json", '{"a":1,"b":2,"c":3}')],
      [rules, post("multipart/form-data; boundary=b", `${parts}--b--\r\n`)],
    ];
    for (const [text, request] of requests) {
      expect(runRules(text, request).interruption).toMatchObject({ ruleId: 2, status: 400 });
    }
    expect(runRules(rules, post(form, "a=1&b=2")).interruption).toBeUndefined();
  });

  test("A9 parameters of the media type do not hide a form, and a body of unknown type is visible", () => {
    const rules = `${bodies}${attack}\nSecRule REQUEST_BODY "@contains attack" "id:2,phase:2,log"`;
    expect(matchedIds(runRules(rules, post(`${form}; charset=utf-8`, "a=attack")))).toEqual([1, 2]);
    expect(matchedIds(runRules(rules, post("text/x-unknown", "an attack")))).toEqual([2]);
  });

  test("A10 a target that no parser accepts yields its arguments all the same, and a flag", () => {
    const rules = `
      SecRule ARGS_GET:a "@streq attack" "id:1,phase:1,log"
      SecRule QUERY_STRING "@streq a=attack" "id:2,phase:1,log"
      SecRule URLENCODED_ERROR "@streq 1" "id:3,phase:1,log"`;
    for (const uri of ["/%zz?a=attack", "http://[::1/?a=attack"]) {
      expect(matchedIds(runRules(rules, { uri }))).toEqual(expect.arrayContaining([1, 2]));
    }
    expect(matchedIds(runRules(rules, { uri: "/%zz?a=attack" }))).toEqual([1, 2, 3]);
  });

  test("A11 URLENCODED_ERROR is 0 or 1, and stands for queries and forms", () => {
    const rules = `${bodies}
      SecRule URLENCODED_ERROR "@streq 0" "id:1,phase:2,log"
      SecRule URLENCODED_ERROR "@streq 1" "id:2,phase:2,log"`;
    expect(matchedIds(runRules(rules, { uri: "/?a=%41" }))).toEqual([1]);
    expect(matchedIds(runRules(rules, { uri: "/?a=%zz" }))).toEqual([2]);
    expect(matchedIds(runRules(rules, post(form, "a=%4")))).toEqual([2]);
  });
});

describe("limits of bodies", () => {
  const limit = `SecRuleEngine On\n${bodies}SecRequestBodyLimit 4\nSecRequestBodyLimitAction Reject\n`;
  const rejected = { ruleId: 0, status: 413 };

  test("A19 a body of exactly the limit is within it, and ctl:requestBodyLimit can raise the limit", () => {
    expect(runRules(limit, post("text/plain", "1234")).interruption).toBeUndefined();
    expect(runRules(limit, post("text/plain", "12345")).interruption).toMatchObject(rejected);
    const raised = `${limit}SecAction "id:1,phase:1,pass,nolog,ctl:requestBodyLimit=8"
      SecRule REQUEST_BODY "@streq 12345678" "id:2,phase:2,pass,log"`;
    expect(matchedIds(runRules(raised, post("text/plain", "12345678")))).toEqual([1, 2]);
    expect(runRules(raised, post("text/plain", "123456789")).interruption).toMatchObject(rejected);
  });

  test("A20 ctl:ruleEngine=DetectionOnly softens the limits of bodies too", () => {
    const rules = `${limit}SecAction "id:1,phase:1,pass,nolog,ctl:ruleEngine=DetectionOnly"
      SecRule REQUEST_BODY "@streq 1234" "id:2,phase:2,pass,log"
      SecRule INBOUND_DATA_ERROR "@streq 1" "id:3,phase:2,pass,log"`;
    const tx = runRules(rules, post("text/plain", "12345"));
    expect(tx.interruption).toBeUndefined();
    expect(matchedIds(tx)).toEqual([1, 2, 3]);
  });
});

describe("multipart", () => {
  const type = "multipart/form-data; boundary=b";
  const field = (name: string, value: string): string =>
    `--b\r\nContent-Disposition: form-data; ${name}\r\n\r\n${value}\r\n`;
  const rules = `${bodies}
    SecRule MULTIPART_STRICT_ERROR "@streq 1" "id:1,phase:2,log"
    SecRule ARGS_POST|FILES_TMP_CONTENT|REQUEST_BODY|MULTIPART_PART_HEADERS "@contains attack" "id:2,phase:2,log"`;
  const ids = (body: string): number[] => matchedIds(runRules(rules, post(type, body)));

  test("A26 what is ambiguous is flagged and hides nothing", () => {
    expect(ids(`${field('name="a"', "attack")}--b--\r\n`)).toEqual([2]);
    const mixed = `--b\nContent-Disposition: form-data; name="a"\n\n1\r\n${field('name="c"', "attack")}--b--\r\n`;
    expect(ids(mixed)).toEqual([1, 2]);
    expect(ids(field('name="a"', "attack"))).toEqual([1, 2]);
    expect(ids(`${field('name="attack"; name="a"', "1")}--b--\r\n`)).toEqual([1, 2]);
  });

  test("A26 files are keyed by field, their size counts files alone, and their number has a limit", () => {
    const body = `${field('name="text"', "12345")}${field('name="up"; filename="x.txt"', "123")}--b--\r\n`;
    const files = `${bodies}
      SecRule FILES:up "@streq x.txt" "id:1,phase:2,log"
      SecRule FILES_COMBINED_SIZE "@eq 3" "id:2,phase:2,log"
      SecRule MULTIPART_FILE_LIMIT_EXCEEDED "@eq 1" "id:3,phase:2,log"`;
    expect(matchedIds(runRules(files, post(type, body)))).toEqual([1, 2]);
    const two = `${field('name="up"; filename="x.txt"', "123")}${body}`;
    expect(matchedIds(runRules(`SecUploadFileLimit 1\n${files}`, post(type, two)))).toContain(3);
  });
});

describe("XML", () => {
  test("A27 paths are looked up, broken documents are an error, and texts can become arguments", () => {
    const rules = `${bodies}${processor("XML")}
      SecRule XML:/order/item "@streq attack" "id:1,phase:2,log"
      SecRule XML://@id "@streq 7" "id:2,phase:2,log"
      SecRule REQBODY_ERROR "@eq 1" "id:3,phase:2,log"
      SecRule ARGS "@streq attack" "id:4,phase:2,log"`;
    const document = '<order id="7"><item>attack</item></order>';
    const ids = (text: string, body: string): number[] => matchedIds(runRules(text, post("text/xml", body)));
    expect(ids(rules, document)).toEqual([9, 1, 2]);
    expect(ids(`SecParseXmlIntoArgs On\n${rules}`, document)).toEqual([9, 1, 2, 4]);
    expect(ids(rules, "<order><item>attack</order>")).toContain(3);
  });
});
