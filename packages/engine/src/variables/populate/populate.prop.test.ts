import { expect, test } from "vitest";
import fc from "fast-check";
import { pairsOf } from "../../testing/fake-body.ts";
import { FakeState } from "../../testing/fake-state.ts";
import { EntryMemo } from "../../evaluate/entry-memo.ts";
import { defaultSettings } from "../../settings.ts";
import { addRequestHeader, addResponseHeader } from "./headers.ts";
import { populateUri } from "./uri.ts";

const bytes = fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte));
const marks = fc.constantFrom(
  "/",
  "//",
  "?",
  "#",
  "&",
  "=",
  ";",
  "%",
  "%41",
  "%zz",
  "+",
  ":",
  "@",
  "[",
  "]",
  "http://",
  "a",
  " ",
  '"',
  ",",
  "$",
);
const text = fc.string({ unit: fc.oneof({ arbitrary: marks, weight: 3 }, bytes), maxLength: 30 });

test("any target is taken without throwing, and no byte of its query is lost", () => {
  fc.assert(
    fc.property(text, (uri) => {
      const { variables: v } = new FakeState();
      populateUri(v, defaultSettings(), uri, "GET", "HTTP/1.1", (name, value) => {
        v.argsGet.add(name, value);
        return true;
      });
      expect(v.requestUriRaw.value).toBe(uri);
      const [target = ""] = uri.split("#", 1);
      const question = target.indexOf("?");
      expect(v.queryString.value).toBe(question < 0 ? "" : target.slice(question + 1));
      const pieces = v.queryString.value.split("&").filter((piece) => piece !== "");
      expect(v.argsGet.size).toBe(pieces.length);
      expect(["0", "1"]).toContain(v.urlencodedError.value);
      expect(v.requestFilename.value.endsWith(v.requestBasename.value)).toBe(true);
    }),
    { seed: 21, numRuns: 3000 },
  );
});

test("REQUEST_URI of a path decodes to the path that was sent", () => {
  const path = fc.string({ unit: fc.oneof(bytes, fc.constantFrom("/", "%41", "%2f")), maxLength: 12 });
  fc.assert(
    fc.property(path, (tail) => {
      const sent = `/${tail.replaceAll(/[?#]/g, "")}`;
      const { variables: first } = new FakeState();
      populateUri(first, defaultSettings(), sent, "GET", "HTTP/1.1", () => true);
      if (first.urlencodedError.value === "1") return;
      const { variables: second } = new FakeState();
      populateUri(second, defaultSettings(), first.requestUri.value, "GET", "HTTP/1.1", () => true);
      expect(second.requestFilename.value).toBe(first.requestFilename.value);
      expect(second.requestUri.value).toBe(first.requestUri.value);
    }),
    { seed: 21, numRuns: 2000 },
  );
});

const memo = new EntryMemo();

test("any headers are taken without throwing, and every cookie with a name is kept", () => {
  fc.assert(
    fc.property(text, fc.constantFrom<0 | 1>(0, 1), (value, cookieFormat) => {
      const { variables: v } = new FakeState();
      const settings = { ...defaultSettings(), cookieFormat };
      const names = ["Cookie", "Content-Type", "Authorization", value];
      for (const name of names) addRequestHeader(v, settings, name, value, memo);
      for (const name of ["Content-Type", value]) addResponseHeader(v, name, value, memo);
      expect(v.remoteUser.value).toBeTypeOf("string");
      if (cookieFormat === 1) return;
      const cookies = value.split(";").map((piece) => piece.split("=", 1)[0]!.replaceAll(/^[ \t-\r]+|[ \t-\r]+$/g, ""));
      expect(pairsOf(v.requestCookies).map(([name]) => name)).toEqual(cookies.filter((name) => name !== ""));
    }),
    { seed: 21, numRuns: 2000 },
  );
});
