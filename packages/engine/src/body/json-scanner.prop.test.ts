import { expect, test } from "vitest";
import fc from "fast-check";
import { encodeUtf8 } from "../text/bytes.ts";
import { scanJson } from "./json-scanner.ts";

function scan(text: string): { error: string | undefined; leaves: string[] } {
  const leaves: string[] = [];
  const { error } = scanJson(text, 1024, (name, value) => leaves.push(`${name}=${value}`));
  return { error, leaves };
}

/** What the scanner must give, by way of the platform's parser. */
function leavesOf(value: unknown, name: string, out: string[]): string[] {
  if (Array.isArray(value)) {
    value.forEach((item, index) => leavesOf(item, `${name}.${index}`, out));
    if (value.length > 0) out.push(`${name}=${value.length}`);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) leavesOf(member, `${name}.${encodeUtf8(key)}`, out);
  } else
    out.push(`${name}=${value === null ? "" : typeof value === "string" ? encodeUtf8(value) : JSON.stringify(value)}`);
  return out;
}

test("gives the leaves of any document", () => {
  const container = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()));
  fc.assert(
    fc.property(container, fc.constantFrom(undefined, 2, "\t"), (value, space) => {
      const { error, leaves } = scan(encodeUtf8(JSON.stringify(value, undefined, space)));
      expect(error).toBeUndefined();
      // Integer-like keys come first in objects of the platform, so order is not compared.
      expect(leaves.sort()).toEqual(leavesOf(JSON.parse(JSON.stringify(value)), "json", []).sort());
    }),
    { seed: 7, numRuns: 500 },
  );
});

const fragments = fc.string({
  unit: fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    '"a"',
    "1",
    "-",
    ".5",
    "e1",
    "0",
    "true",
    "null",
    "x",
    " ",
    "\\",
    "\\u00e9",
    "\n",
    "\0",
    "\xff",
  ),
  maxLength: 14,
});

test("accepts exactly what the platform's parser accepts", () => {
  fc.assert(
    fc.property(fragments, (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(scan(text).error === undefined).toBe(valid);
    }),
    { seed: 7, numRuns: 10_000 },
  );
});

test("hands over every word of a broken array, and always ends", () => {
  fc.assert(
    fc.property(fragments, (tail) => {
      // Without what could close the array, begin an object (an empty one has no leaf) or join words to strings.
      const text = `[${tail.replaceAll(/[\]{}"\\]/g, "")}`;
      const seen = scan(text).leaves.join("\n");
      for (const word of text.match(/[^[,:\s\0]+/g) ?? []) if (word !== "null") expect(seen).toContain(word);
    }),
    { seed: 9, numRuns: 5000 },
  );
});
