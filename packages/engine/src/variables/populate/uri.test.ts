import { describe, expect, test } from "vitest";
import type { Variables } from "../variables.ts";
import { pairsOf } from "../../testing/fake-body.ts";
import { FakeState } from "../../testing/fake-state.ts";
import { defaultSettings } from "../../settings.ts";
import { populateUri } from "./uri.ts";

function populate(uri: string, argumentSeparator = "&"): Variables {
  const { variables } = new FakeState();
  const add = (name: string, value: string): boolean => {
    variables.argsGet.add(name, value);
    return true;
  };
  populateUri(variables, { ...defaultSettings(), argumentSeparator }, uri, "GET", "HTTP/1.1", add);
  return variables;
}

test("the request line is kept as received", () => {
  const v = populate("/a?b=1#c");
  expect(v.requestMethod.value).toBe("GET");
  expect(v.requestProtocol.value).toBe("HTTP/1.1");
  expect(v.requestLine.value).toBe("GET /a?b=1#c HTTP/1.1");
  expect(v.requestUriRaw.value).toBe("/a?b=1#c");
});

interface Row {
  readonly target: string;
  readonly uri?: string;
  readonly file: string;
  readonly base: string;
  readonly query?: string;
  readonly args?: [string, string][];
}

const valid: readonly Row[] = [
  { target: "/", file: "/", base: "/" },
  {
    target: "/a/b/c.php?x=1#frag",
    uri: "/a/b/c.php?x=1",
    file: "/a/b/c.php",
    base: "c.php",
    query: "x=1",
    args: [["x", "1"]],
  },
  { target: "/?", file: "/", base: "/", query: "" },
  { target: "/#a?b=1", uri: "/", file: "/", base: "/" },
  { target: "/a?b?c", file: "/a", base: "a", query: "b?c", args: [["b?c", ""]] },
  { target: "/p?a=1&b=2;c=3", file: "/p", base: "p", query: "a=1&b=2;c=3", args: [["a", "1"], ["b", "2;c=3"]] }, // prettier-ignore
  { target: "/%41%42?%43=1", file: "/AB", base: "AB", query: "%43=1", args: [["C", "1"]] },
  { target: "/a b", uri: "/a%20b", file: "/a b", base: "a b" },
  { target: "/a%2Fb c", uri: "/a/b%20c", file: "/a/b c", base: "b c" },
  { target: "/a%2Fb", file: "/a/b", base: "b" },
  { target: '/a|b^c"d', uri: "/a%7Cb%5Ec%22d", file: '/a|b^c"d', base: 'a|b^c"d' },
  { target: "/caf\xc3\xa9", uri: "/caf%C3%A9", file: "/caf\xc3\xa9", base: "caf\xc3\xa9" },
  { target: "/a?x=\xc3\xa9", file: "/a", base: "a", query: "x=\xc3\xa9", args: [["x", "\xc3\xa9"]] },
  { target: "/!'()*[]", file: "/!'()*[]", base: "!'()*[]" },
  { target: "/a+b", file: "/a+b", base: "a+b" },
  { target: "/a\\b", uri: "/a%5Cb", file: "/a\\b", base: "b" },
  { target: "/index.php/", file: "/index.php/", base: "/index.php/" },
  { target: "/a:b", file: "/a:b", base: "a:b" },
  { target: "//host/path?a=1", file: "//host/path", base: "path", query: "a=1", args: [["a", "1"]] },
  { target: "http://www.example.com/p/q?z=1", file: "/p/q", base: "q", query: "z=1", args: [["z", "1"]] },
  { target: "HTTP://Ex:80/p", uri: "http://Ex:80/p", file: "/p", base: "p" },
  { target: "http://u:p@[::1]:80", file: "", base: "" },
  { target: "http:/p", file: "/p", base: "p" },
  { target: "http://h/a?u=http://x/y", file: "/a", base: "a", query: "u=http://x/y", args: [["u", "http://x/y"]] },
  { target: "http://h?a=/b", file: "", base: "", query: "a=/b", args: [["a", "/b"]] },
  { target: "example.com:443", file: "example.com:443", base: "example.com:443" },
  { target: "*", file: "*", base: "*" },
];

test.each(valid)("$target", ({ target, uri = target, file, base, query = "", args = [] }) => {
  const v = populate(target);
  expect(v.requestUri.value).toBe(uri);
  expect(v.requestFilename.value).toBe(file);
  expect(v.requestBasename.value).toBe(base);
  expect(v.queryString.value).toBe(query);
  expect(pairsOf(v.argsGet)).toEqual(args);
  expect(v.urlencodedError.value).toBe("0");
});

const invalid: readonly Row[] = [
  { target: "", file: "", base: "" },
  { target: "foo", file: "foo", base: "foo" },
  { target: "?a=1", file: "", base: "", query: "a=1", args: [["a", "1"]] },
  { target: "/a%zz?b=1", file: "/a%zz", base: "a%zz", query: "b=1", args: [["b", "1"]] },
  { target: "/%2e%2e/%", file: "/../%", base: "%" },
  { target: "/\x01?b=1", file: "/\x01", base: "\x01", query: "b=1", args: [["b", "1"]] },
  { target: "/a?b=\x00", file: "/a", base: "a", query: "b=\x00", args: [["b", "\x00"]] },
  { target: "/\x7f", file: "/\x7f", base: "\x7f" },
  { target: "http://h:bad/x?b=1", file: "/x", base: "x", query: "b=1", args: [["b", "1"]] },
  { target: "http://[::1/x", file: "/x", base: "x" },
  { target: "http://[::1]a/x", file: "/x", base: "x" },
  { target: "http://a b/x", file: "/x", base: "x" },
  { target: "http://%41/x", file: "/x", base: "x" },
  { target: "http://u%zz@h/x", file: "/x", base: "x" },
  { target: "http://u|@h/x", file: "/x", base: "x" },
  { target: ":a", file: ":a", base: ":a" },
  { target: "*?a=1", file: "*", base: "*", query: "a=1", args: [["a", "1"]] },
];

describe("a target that is not valid is flagged and read all the same", () => {
  test.each(invalid)("$target", ({ target, uri = target, file, base, query = "", args = [] }) => {
    const v = populate(target);
    expect(v.urlencodedError.value).toBe("1");
    expect(v.requestUri.value).toBe(uri);
    expect(v.requestFilename.value).toBe(file);
    expect(v.requestBasename.value).toBe(base);
    expect(v.queryString.value).toBe(query);
    expect(pairsOf(v.argsGet)).toEqual(args);
  });
});

test("a bad escape in the query raises the flag and stays in the value", () => {
  const v = populate("/a?discount=50%&b=%4");
  expect(v.urlencodedError.value).toBe("1");
  expect(v.requestUri.value).toBe("/a?discount=50%&b=%4");
  expect(pairsOf(v.argsGet)).toEqual([
    ["discount", "50%"],
    ["b", "%4"],
  ]);
});

test("SecArgumentSeparator parts arguments", () => {
  expect(pairsOf(populate("/?a=1;b=2&c", ";").argsGet)).toEqual([
    ["a", "1"],
    ["b", "2&c"],
  ]);
});
