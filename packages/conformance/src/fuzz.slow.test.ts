import { afterAll, expect, test } from "vitest";
import { createWaf } from "@cuirass/engine";
import { transformations } from "@cuirass/engine/registries";
import { detectSqli, detectXss } from "@cuirass/libinjection";
import { parseRequestHead } from "@cuirass/proxy/request-head";
import { createSource, parse, print } from "@cuirass/seclang";
import { compilePattern, isPatternError } from "@cuirass/regex";

/** A million cases with a fixed seed: nothing throws, whatever the bytes. */
let cases = 0;

/** A small generator with a fixed seed; the same cases on every run. */
let state = 20261124;
function random(bound: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * bound);
}

const pieces = [
  "%",
  "%u",
  "%41",
  "+",
  "&",
  "=",
  ";",
  "&#x41;",
  "&lt",
  "\\",
  "\\x4",
  "\\u00",
  "/*",
  "*/",
  "<!--",
  "-->",
  "--",
  "#",
  "'",
  '"',
  "`",
  "<",
  ">",
  "/",
  "../",
  "//",
  ":",
  "\0",
  "\r\n",
  "\n",
  " ",
  "\t",
  "\xa0",
  "\xc3\xa9",
  "\xff",
  "0x41",
  "YWJj",
  "select",
  "{",
  "}",
  "[",
  "]",
  "(",
  ")",
  "|",
  "@rx",
  "id:1",
  ",",
  "$",
  "^",
  "*",
  "+?",
  "{2,3}",
  "true",
  "null",
  "1e5",
  "&amp;",
  "]]>",
  "<![CDATA[",
  "boundary=",
  "--B",
  "form-data",
  "filename=",
];

function bytes(limit: number): string {
  let text = "";
  for (let count = random(limit); count > 0; count--)
    text += random(3) === 0 ? String.fromCharCode(random(256)) : pieces[random(pieces.length)]!;
  return text;
}

function repeat(count: number, run: () => void): void {
  for (let index = 0; index < count; index++) run();
  cases += count;
}

afterAll(() => {
  expect(cases).toBeGreaterThanOrEqual(1_000_000);
});

test("transformations give bytes, and the value itself when nothing changed", () => {
  for (const { name, apply } of transformations) {
    repeat(15_000, () => {
      const value = bytes(16);
      const result = apply(value);
      if (result === value || result.length <= 40 * value.length + 40) return;
      throw new Error(`${name} made ${result.length} bytes of ${value.length}`);
    });
  }
});

test("libinjection answers", () => {
  repeat(100_000, () => {
    const value = bytes(20);
    detectSqli(value);
    detectXss(value);
  });
});

test("request targets, headers and cookies become variables", () => {
  const waf = createWaf({ directives: "SecRuleEngine On\nSecCookieFormat 1\n" });
  repeat(100_000, () => {
    const tx = waf.newTransaction({ id: "fuzz" });
    tx.processUri(bytes(12), bytes(2), bytes(2));
    tx.addRequestHeader(bytes(3), bytes(8));
    tx.addRequestHeader("Cookie", bytes(12));
    tx.addRequestHeader("Content-Type", bytes(6));
    void tx.processRequestHeaders();
    tx.close();
  });
});

const types: readonly (readonly [type: string, processor: string])[] = [
  ["application/x-www-form-urlencoded", "URLENCODED"],
  ["multipart/form-data; boundary=B", "MULTIPART"],
  ["application/json", "JSON"],
  ["text/xml", "XML"],
];

test.each(types)("%s bodies end in variables or an error flag", (type, processor) => {
  const waf = createWaf({
    directives: `SecRequestBodyAccess On\nSecAction "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=${processor}"\n`,
  });
  repeat(50_000, () => {
    const tx = waf.newTransaction({ id: "fuzz" });
    const body = processor === "MULTIPART" ? `--B\r\n${bytes(8)}\r\n\r\n${bytes(6)}\r\n--B${bytes(4)}` : bytes(30);
    void tx.processRequest({ method: "POST", uri: "/", headers: [["Content-Type", type]], body });
    expect(tx.faults).toEqual([]);
    tx.close();
  });
});

test("request heads are read or refused", () => {
  repeat(60_000, () => void parseRequestHead(`GET /${bytes(4)} HTTP/1.1\r\nHost: a\r\n${bytes(12)}\r\n\r\n`));
});

test("SecLang text becomes a tree that prints", () => {
  repeat(
    40_000,
    () =>
      void print(parse(createSource("fuzz", `SecRule ${bytes(5)} "${bytes(8)}" "${bytes(12)}"\n${bytes(6)}`)).document),
  );
});

test("patterns are compiled or refused, and compiled ones answer", () => {
  repeat(40_000, () => {
    try {
      const pattern = compilePattern(bytes(8));
      pattern.exec(bytes(12));
    } catch (error) {
      if (!isPatternError(error)) throw error;
    }
  });
});
